"""Cases (hồ sơ) from receipt to return: one command a file, every command one transaction."""
