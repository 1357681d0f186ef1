"""Messages from partners: verified, stored once, answered 202, then acted on."""
