"""The books' schema, one numbered revision after another."""
