"""`/health` for a load balancer and `/metrics` for Prometheus; neither says anything of people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from desk.access import ANYBODY, allow
from desk.transaction import db, office_clock, wall
from engine.cases.watch.health import health

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

UNWELL = 503

monitoring = Blueprint("monitoring", __name__)

_registry = CollectorRegistry()
_requests = Counter(
    "motcua_requests", "Answers of the desk by class of status", ["status"], registry=_registry
)
_open_cases = Gauge("motcua_open_cases", "Cases that are not finished", registry=_registry)
_delay = Gauge(
    "motcua_oldest_due_delay_seconds",
    "How long the oldest timer that is due has not fired",
    registry=_registry,
)
_beat = Gauge(
    "motcua_scheduler_beat_age_seconds",
    "Since the scheduler last finished a round; NaN when none has run",
    registry=_registry,
)
_incidents = Gauge("motcua_incidents", "Incidents that wait for people", registry=_registry)
_unsealed = Gauge("motcua_journal_unsealed_rows", "Journal rows not sealed yet", registry=_registry)


def install_monitoring(app: Flask) -> None:
    """Count answers and show how the office is."""
    app.register_blueprint(monitoring)
    count_answers(app)


def count_answers(app: Flask) -> None:
    """Count an application's answers by class of status."""
    app.after_request(_count)


@monitoring.get("/health")
@allow(ANYBODY)
def health_page() -> ResponseReturnValue:
    """Whether the office can work: its scheduler beats, nothing due waits, no incident does."""
    found = health(db(), office_clock(), wall())
    shown = {
        "ok": found["ok"],
        "scheduler_beat_age_seconds": found["scheduler_beat_age_seconds"],
        "oldest_due_delay_seconds": found["oldest_due_delay_seconds"],
        "incidents": len(found["incidents"]),
    }
    return shown, 200 if found["ok"] else UNWELL


@monitoring.get("/metrics")
@allow(ANYBODY)
def metrics_page() -> ResponseReturnValue:
    """Figures in Prometheus's text format."""
    found: dict[str, Any] = health(db(), office_clock(), wall())
    _open_cases.set(found["open_cases"] or 0)
    _delay.set(found["oldest_due_delay_seconds"])
    age = found["scheduler_beat_age_seconds"]
    _beat.set(float("nan") if age is None else age)
    _incidents.set(len(found["incidents"]))
    _unsealed.set(found["journal_unsealed_rows"])
    return Response(generate_latest(_registry), content_type="text/plain; version=0.0.4")


def _count(response: Response) -> Response:
    _requests.labels(f"{response.status_code // 100}xx").inc()
    return response
