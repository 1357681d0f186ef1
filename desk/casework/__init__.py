"""Work list and one case."""
