"""Files of a case: taken in, listed, and given out as downloads only."""
