"""Procedures (quy trình) from a proposal to their end, and running cases moved between versions."""
