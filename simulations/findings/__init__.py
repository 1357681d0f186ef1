"""What a run found: figures, events, one day to watch, pictures and reports."""
