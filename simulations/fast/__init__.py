"""The event loop in machine code: `simulations.reference` is the same loop in plain words."""
