"""From what happened to a scenario: journals and event logs, fitted."""
