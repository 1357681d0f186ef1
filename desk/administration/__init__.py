"""Staff, calendar, procedures, incidents, journal."""
