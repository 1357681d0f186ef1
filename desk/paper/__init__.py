"""Letters and slips: for screen, print and PDF."""
