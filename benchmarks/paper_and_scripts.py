"""A receipt as PDF, first and later, and the JavaScript that a clerk's page loads.

Goals: the PDF <= 0.5 s after the first; <= 40 KB of gzipped JavaScript on a clerk's page.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import os
import re
import statistics
import time

from _big_office import PORT, big_office, cookie_of, served
from sqlalchemy import text


def main() -> None:
    """Print seconds and bytes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    given = parser.parse_args()
    with big_office("sqlite", cases=200, open_cases=100) as (books, settings):
        with books.connect() as db:
            number, letter = db.execute(
                text("SELECT c.number, l.id FROM letter l JOIN case_file c ON c.id = l.case_id")
            ).first() or ("", 0)
        with served(settings):
            headers = {"Cookie": cookie_of(books, settings, "cb.tiepnhan1")}
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=120)
            path = f"/desk/cases/{number}/letters/{letter}.pdf"
            spent = []
            for _ in range(given.rounds + 1):
                start = time.perf_counter()
                pdf = fetch(connection, path, headers)
                spent.append(time.perf_counter() - start)
            if not pdf.startswith(b"%PDF"):
                raise SystemExit("Expected a PDF, but got something else")
            total = 0
            page = fetch(connection, "/desk", headers).decode()
            for source in re.findall(r'<script[^>]*src="([^"]+)"', page):
                total += len(gzip.compress(fetch(connection, source, headers), 6))
            connection.close()
    print(f"load of the machine {os.getloadavg()[0]:.1f}")
    print(f"receipt PDF, first         {spent[0]:.2f} s")
    later = statistics.quantiles(spent[1:], n=20)
    print(f"receipt PDF, p50 and p95   {later[9]:.2f} {later[-1]:.2f} s   goal <= 0.5")
    print(f"gzipped JavaScript         {total / 1024:.1f} KB       goal <= 40")


def fetch(connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> bytes:
    """A page's bytes."""
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{path}: {answer.status}")
    return body


if __name__ == "__main__":
    main()
