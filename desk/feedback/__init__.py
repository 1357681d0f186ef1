"""Feedback of citizens (phản ánh, kiến nghị): its list, its pages, its answers."""
