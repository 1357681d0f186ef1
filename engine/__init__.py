"""The office: procedures, cases, deadlines and figures; no web, no letters on screen."""
