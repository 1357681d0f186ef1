"""The work list page of 30 at 1,000,000 cases, 100,000 open, against 10,000 cases, 1,000 open.

A clerk's signed-in session asks the desk behind gunicorn (two workers, loopback), one request
after the other, for every filter of his agency and of his unit, for a search and a later page.
Goals: p95 <= 150 ms of the default page, and <= 1.5 x its time at 10,000 cases.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import statistics
import time

from _big_office import PORT, big_office, cookie_of, served

CLERK = "cb.tiepnhan1"
PAGES = {
    "default": "/desk",
    "agency": "/desk?viec=co-quan&loc=dang-lam",
    "overdue": "/desk?viec=co-quan&loc=qua-han",
    "due soon": "/desk?viec=co-quan&loc=sap-den-han",
    "supplement": "/desk?viec=co-quan&loc=cho-bo-sung",
    "to return": "/desk?viec=co-quan&loc=cho-tra",
    "mine": "/desk?viec=cua-toi&loc=dang-lam",
    "newest": "/desk?viec=co-quan&loc=dang-lam&xep=moi-nhat",
    "search": "/desk?viec=co-quan&loc=dang-lam&tim=pao+giang",
    "search none": "/desk?viec=co-quan&loc=dang-lam&tim=khong+co+ai",
    "poll": "/desk/rows?viec=co-quan&loc=dang-lam",
}


def measured(kind: str, cases: int, open_cases: int, rounds: int) -> dict[str, float]:
    """95th percentile of each page in milliseconds."""
    with (
        big_office(kind, cases=cases, open_cases=open_cases) as (books, settings),
        served(settings),
    ):
        headers = {"Cookie": cookie_of(books, settings, CLERK)}
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=120)
        found = {}
        for name, path in PAGES.items():
            spent = [_once(connection, path, headers) for _ in range(rounds + 2)][2:]
            found[name] = statistics.quantiles(spent, n=20)[-1]
        page = _text(connection, PAGES["agency"], headers)
        later = re.search(r'href="([^"]*sau=[^"]+)"', page)
        if later:
            path = later[1].replace("&amp;", "&")
            spent = [_once(connection, path, headers) for _ in range(rounds)]
            found["second page"] = statistics.quantiles(spent, n=20)[-1]
        connection.close()
    return found


def _once(connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> float:
    start = time.perf_counter()
    _text(connection, path, headers)
    return (time.perf_counter() - start) * 1000


def _text(connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> str:
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read().decode()
    if answer.status != 200:
        raise SystemExit(f"{path}: {answer.status}\n{body[:500]}")
    return body


def main() -> None:
    """Print a line a page: p95 at both sizes and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--open", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    given = parser.parse_args()
    kinds = ("sqlite", "postgresql") if given.database == "both" else (given.database,)
    for kind in kinds:
        small = measured(kind, 10_000, 1_000, given.rounds)
        large = measured(kind, given.cases, given.open, given.rounds)
        load = os.getloadavg()[0]
        print(f"{kind} (load of the machine {load:.1f})")
        print(f"  {'page':<12} {'10,000':>9} {given.cases:>11,}  ratio   p95, ms")
        for name, spent in large.items():
            base = small.get(name)
            ratio = f"{spent / base:>5.2f}" if base else "    -"
            print(f"  {name:<12} {base or 0:>9.1f} {spent:>11.1f}  {ratio}")
    print("goals for the default page: <= 150 ms, ratio <= 1.5")


if __name__ == "__main__":
    main()
