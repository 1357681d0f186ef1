"""The reports: figures, official forms, closing a period."""
