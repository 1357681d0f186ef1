"""Figures of the office from its journal: one definition of "on time"."""
