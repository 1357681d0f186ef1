"""The HTTP API for programs: bearer tokens, problem details, OpenAPI."""
