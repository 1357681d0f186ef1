"""Returns: results go out."""
