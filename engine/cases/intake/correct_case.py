"""Correct a received dossier (sửa thông tin đã tiếp nhận): with a reason, and a new receipt."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.cases import agenda
from engine.cases.acting import ONE_STOP, acting_officer
from engine.cases.deadlines import count_again
from engine.cases.file import CaseFile, StatusRefusedError, open_case
from engine.cases.intake.checklist import checked_components, missing_components
from engine.cases.intake.receive_case import (
    DossierIncompleteError,
    accepted_version,
    chosen_channel,
    owner_name,
    owner_values,
)
from engine.cases.letters import freeze_receipt, issue_receipt, receipts_of
from engine.cases.search_text import search_text
from engine.cases.status import CaseStatus
from engine.cases.steps import has_completed_steps, restart
from engine.cases.waiting.holds import first_pause_at
from engine.catalog.regime import Regime, default_pause_policy, regime_on
from engine.clock import iso_office, office_date
from engine.errors import BadInputError, OfficeError
from engine.events.cases import CaseCorrected
from engine.events.deadlines import DueMoved
from engine.sla.periods import half_month_of
from engine.sla.start import Channel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.catalog.versions import PublishedVersion
    from engine.clock import Clock

UNDER_WAY = (
    CaseStatus.RECEIVED,
    CaseStatus.PROCESSING,
    CaseStatus.SUPPLEMENT,
    CaseStatus.PAYING,
    CaseStatus.STOPPED,
    CaseStatus.FINISHED,
)
LONGEST_REASON = 1000
DECIDES_DUE = {
    "received_at": "sửa thời điểm bắt đầu tính thời hạn",
    "procedure": "sửa thủ tục ghi nhầm khi tiếp nhận",
}
"""What decides the due date, and what is said when it was corrected."""


class CorrectionRefusedError(OfficeError):
    """What was to be corrected stands fast by now: a report counted it, or work began on it."""

    code = "correction_refused"


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What a clerk says is right; None leaves a thing as it is.

    `owner_data` holds only the fields to be changed; an empty text takes a field away.
    `received_at` is the moment the clock should have started. Legal: R13
    """

    owner: str | None = None
    owner_data: Mapping[str, str] | None = None
    components: Mapping[str, str] | None = None
    channel: str | None = None
    received_at: datetime | None = None
    procedure: str | None = None


def correct_case(
    db: Connection,
    clock: Clock,
    *,
    number: str,
    reason: str,
    correction: Correction,
    by: str | None = None,
) -> CaseFile:
    """Put right what was taken in wrongly; the receipt is issued anew and the first one kept.

    The due date is counted again only when procedure, or the start of the clock, changed.
    Legal: R2, R9, R13, R28, R42

    Raises:
        BadInputError: no reason, nothing changed, or a value that cannot be.
        CorrectionRefusedError: it stands fast by now.
        StatusRefusedError, DossierIncompleteError, ProcedureUnknownError, NotAllowedError.
    """
    file = open_case(db, clock, number)
    file.require(*UNDER_WAY, to="be corrected")
    officer = acting_officer(file, ONE_STOP, by)
    why = reason.strip()
    if not why or len(why) > LONGEST_REASON:
        raise BadInputError(
            f"Expected a reason of 1 to {LONGEST_REASON} letters, but got {len(why)}"
        )
    receipts = receipts_of(file)
    for row in receipts:
        freeze_receipt(file, row)
    corrected = _Corrected(file)
    corrected.people(correction)
    corrected.where_counted(correction)
    corrected.papers(correction)
    if not corrected.fields:
        raise BadInputError(f"Expected something to correct in {number}, but nothing differs")
    if DECIDES_DUE.keys() & set(corrected.fields):
        _move_due(file, corrected.fields)
    replaced = receipts[-1].number if receipts else ""
    letter = issue_receipt(
        file, officer=officer, replaces=replaced, correction=why, reissue=len(receipts)
    )
    file.record(
        CaseCorrected(
            fields=tuple(corrected.fields),
            reason=why,
            letter=letter,
            replaces=replaced,
            **corrected.cell,
        )
    )
    if corrected.restarts:
        restart(file)
    file.save(actor=officer)
    return file


class _Corrected:
    """What changed in a case so far."""

    def __init__(self, file: CaseFile) -> None:
        self.file = file
        self.fields: list[str] = []
        self.cell: dict[str, Any] = {}
        self.restarts = False

    def people(self, wanted: Correction) -> None:
        """Whose dossier it is and how to reach him."""
        file = self.file
        if wanted.owner is not None:
            name = owner_name(wanted.owner)
            self._set("owner", "owner_name", name)
        if wanted.owner_data is not None:
            kept: dict[str, str] = json.loads(file["owner_data"])
            given = owner_values(dict(wanted.owner_data))
            new = {k: v for k, v in (kept | given).items() if v}
            self.fields += [k for k in sorted(kept | given) if kept.get(k, "") != new.get(k, "")]
            file.set(owner_data=json.dumps(new, ensure_ascii=False))
        file.set(search_text=search_text(file.number, file["owner_name"]))

    def where_counted(self, wanted: Correction) -> None:
        """Channel, start of the clock and procedure: where and when a report counts the case."""
        file = self.file
        channel = str(chosen_channel(wanted.channel)) if wanted.channel else file["channel"]
        came_by_post = channel == Channel.POSTAL and file["channel"] != Channel.POSTAL
        if came_by_post and wanted.received_at is None:
            raise BadInputError(
                "Expected when the hand-over with the post was signed (R13), but no start of the "
                "clock was given"
            )
        if channel != file["channel"]:
            self._stands_open(file["received_at"])
            self._set("channel", "channel", channel)
            self.cell["channel"] = channel
        if wanted.received_at is not None and wanted.received_at != file["received_at"]:
            self._start(wanted.received_at)
        if wanted.procedure is not None and wanted.procedure != file["procedure_code"]:
            self._procedure(wanted.procedure)

    def papers(self, wanted: Correction) -> None:
        """The checklist; what is missing is asked for by a supplement, not left out here."""
        file = self.file
        if wanted.components is None and not self.restarts:
            return
        before = json.loads(file["components"])
        given = dict(wanted.components) if wanted.components is not None else None
        after = checked_components(file.version, given)
        missing = missing_components(file.version, after)
        if missing:
            raise DossierIncompleteError(
                f"Expected a complete dossier, but {', '.join(missing)} is missing: ask for a "
                "supplement instead",
                missing=missing,
            )
        if after != before:
            self.fields.append("components")
            file.set(components=json.dumps(after, ensure_ascii=False))

    def _start(self, at: datetime) -> None:
        file = self.file
        self._stands_open(file["received_at"])
        if file.status not in (CaseStatus.RECEIVED, CaseStatus.PROCESSING):
            raise StatusRefusedError(
                f"Expected the clock of {file.number} to run, but it is in status "
                f"{int(file.status)} ({file.status.vietnamese})",
                number=file.number,
                status=int(file.status),
            )
        first_pause = first_pause_at(file)
        if at > file.now or (first_pause is not None and at > first_pause):
            raise BadInputError(
                "Expected the clock to start before now and before any pause, but got "
                f"{iso_office(at)}"
            )
        self._stands_open(at)
        self._set("received_at", "received_at", at)
        self.cell["received_at"] = at
        regime = str(regime_on(office_date(at)))
        if regime != file["regime"]:
            file.set(regime=regime)
            self.cell["regime"] = regime
        if self._in_force(file["procedure_code"]).id != file.version.id:
            self._procedure(file["procedure_code"])

    def _in_force(self, code: str) -> PublishedVersion:
        on = office_date(self.file["received_at"])
        return accepted_version(self.file.db, self.file["agency_code"], code, on)

    def _procedure(self, code: str) -> None:
        """Another diagram from the beginning: only while nothing was done on the first."""
        file = self.file
        self._stands_open(file["received_at"])
        if file.status is not CaseStatus.RECEIVED or has_completed_steps(file):
            raise CorrectionRefusedError(
                f"Expected {file.number} to be at the one-stop still, but work on it began under "
                f"{file['procedure_code']}: end it and receive it anew",
                number=file.number,
                status=int(file.status),
            )
        version = self._in_force(code)
        file.version = version
        regime = Regime(file["regime"])
        self.fields.append("procedure")
        file.set(
            procedure_code=code,
            version_id=version.id,
            limit_text=str(version.limit),
            pause_policy=str(version.meta.get("pause_policy") or default_pause_policy(regime)),
        )
        self.restarts = True
        self.cell |= {
            "procedure": code,
            "version": version.number,
            "field": version.field,
            "level": version.level,
            "limit": str(version.limit),
            "hour_based": file.is_hour_based,
        }

    def _stands_open(self, received_at: datetime) -> None:
        """Refuse what would change a half month that is over: its figures were reported."""
        now, then = office_date(self.file.now), office_date(received_at)
        if half_month_of(now) != half_month_of(then):
            raise CorrectionRefusedError(
                f"Expected a receipt of the half month that is running, but {then.isoformat()} "
                "belongs to another, whose figures stand",
                number=self.file.number,
                received_on=then.isoformat(),
            )

    def _set(self, name: str, column: str, value: Any) -> None:
        if self.file[column] != value:
            self.fields.append(name)
            self.file.set(**{column: value})


def _move_due(file: CaseFile, fields: Sequence[str]) -> None:
    before, after = file["due_original_at"], count_again(file)
    if after == before:
        return
    # The citizen reads this line: what an officer typed as his reason stays in the office (R69).
    why = "; ".join(words for name, words in DECIDES_DUE.items() if name in fields)
    appointed = file["due_appointed_at"]
    if appointed == before:
        appointed = after
    file.set(due_original_at=after, due_appointed_at=max(appointed, after))
    file.record(DueMoved(before=before, after=after, why=why))
    agenda.recount(file)
