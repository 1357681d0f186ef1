"""The leaders board."""
