"""The catalogue: diagrams, procedures and their checks."""
