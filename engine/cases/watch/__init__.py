"""How the office itself does: its pulse, its incidents, its last backup."""
