"""Reception: a dossier comes in."""
