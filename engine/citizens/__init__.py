"""What citizens say: feedback (phản ánh, kiến nghị) with a clock of its own, and satisfaction."""
