"""What can happen, in the past tense: the words of the journal, the reports and the courier.

Events carry codes, numbers and instants, never a person's name or identity number (R70).
"""

from engine.events import (  # so that EVENT_TYPES knows every event
    cases,
    citizens,
    deadlines,
    office,
    procedures,
    staff,
    steps,
    waiting,
)

__all__ = ["cases", "citizens", "deadlines", "office", "procedures", "staff", "steps", "waiting"]
