"""The courier: messages to and from partner systems."""
