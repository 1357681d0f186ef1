"""Cases as lists: a clerk's, a leader's, a program's, and the registers."""
