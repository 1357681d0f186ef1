"""Warnings before it is late, causes and apologies when it is, and dates counted anew."""
