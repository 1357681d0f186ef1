"""The `motcua` command, one file a group."""
