"""A courier as a process of its own, to be killed: `courier_child.py URL LEASE_SECONDS`."""

from __future__ import annotations

import sys
import threading
from datetime import timedelta

from engine.clock import SystemClock
from engine.database import open_database
from webhooks.address import Reach
from webhooks.courier import Courier
from webhooks.route import Pace

if __name__ == "__main__":
    books = open_database(sys.argv[1], lock_wait_seconds=30)
    pace = Pace(poll_seconds=0.05, write_seconds=0.05, lease=timedelta(seconds=float(sys.argv[2])))
    Courier(books, SystemClock(), Reach.parse("127.0.0.0/8"), pace=pace).run(threading.Event())
