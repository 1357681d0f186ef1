"""An office's own books as a scenario: its history, its open cases, its forecast."""
