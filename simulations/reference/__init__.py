"""The event loop in plain words: `simulations.fast` is the same loop in machine code."""
