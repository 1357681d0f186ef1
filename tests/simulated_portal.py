"""The national portal as tests know it: keeps dossiers and progress, answers in its own words."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.partners import Came, Partner, Reply, partner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FIRST, UPDATE = "/dong-bo-ho-so", "/cap-nhat-ho-so"
STEP, STEP_UPDATE = "/tien-trinh", "/cap-nhat-tien-trinh"


@dataclass
class SimulatedPortal:
    """A dossier is entered once by the first call; later calls must be updates."""

    url: str = ""
    calls: list[Came] = field(default_factory=list)
    dossiers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    progress: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    disturb: Callable[[Came], Reply | None] = lambda _came: None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, came: Came) -> Reply:
        with self.lock:
            self.calls.append(came)
            disturbed = self.disturb(came)
            if disturbed is not None:
                return disturbed
            return self._take(came)

    def _take(self, came: Came) -> Reply:
        number = came.said["MaHoSo"]
        if came.path == FIRST and number in self.dossiers:
            return said("1", f"Hồ sơ {number} đã tồn tại trong hệ thống")
        if came.path not in (FIRST, UPDATE, STEP, STEP_UPDATE):
            return said("404", "không có dịch vụ này")
        if came.id not in self.seen:  # the same message twice has one effect
            self.seen.add(came.id)
            kept = self.dossiers if came.path in (FIRST, UPDATE) else self.progress
            kept.setdefault(number, []).append(came.said)
        return said("0", "Thành công")

    def statuses(self, number: str) -> list[str]:
        return [message["TrangThaiHoSo"] for message in self.dossiers.get(number, [])]


def said(error_code: str, message: str) -> Reply:
    body = json.dumps({"error_code": error_code, "message": message}, ensure_ascii=False)
    return Reply(200, {"Content-Type": "application/json"}, body.encode())


@contextmanager
def simulated_portal(
    disturb: Callable[[Came], Reply | None] = lambda _came: None,
) -> Iterator[SimulatedPortal]:
    portal = SimulatedPortal(disturb=disturb)
    with partner(portal.answer) as there:
        assert isinstance(there, Partner)
        portal.url = there.url
        yield portal
