"""From a scenario and its diagrams to the arrays both loops run on."""
