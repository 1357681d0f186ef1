"""The rehearsal hall: what would happen if."""
