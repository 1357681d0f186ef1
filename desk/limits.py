"""How often strangers may try: signing in, looking up a case, saying something, by address."""

from __future__ import annotations

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(key_func=get_remote_address, strategy="moving-window")
"""Counts in the process's memory: with several workers each allows as much."""

SIGN_INS = "20 per minute; 200 per hour"
LOOK_UPS = "10 per minute; 100 per day"
VOICES = "5 per minute; 30 per day"
