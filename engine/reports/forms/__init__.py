"""The official forms: what each column counts, and how a period's cases fill it."""
