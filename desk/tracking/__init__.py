"""Look-up for citizens."""
