"""The clerks' desk: the faces people and programs see."""
