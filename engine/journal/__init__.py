"""The journal (nhật ký): what happened, in order, never changed afterwards (R70)."""
