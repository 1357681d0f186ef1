"""What a rehearsal is told: scenarios, their files and schema, overlays of changes."""
