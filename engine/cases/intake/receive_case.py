"""Receive a dossier (tiếp nhận): a number, a pinned version, a due date, the first step."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Any

from engine.cases.acting import ONE_STOP, acting_officer
from engine.cases.agenda import arm_case_alerts
from engine.cases.deadlines import first_due
from engine.cases.file import CaseFile, new_case
from engine.cases.intake.case_number import check_agency_code, next_number
from engine.cases.intake.checklist import checked_components, missing_components
from engine.cases.intake.collect_fee import keep_fee
from engine.cases.letters import issue_receipt
from engine.cases.search_text import search_text
from engine.cases.status import CaseStatus
from engine.cases.steps import begin
from engine.cases.training import is_training
from engine.catalog.regime import default_pause_policy, regime_on
from engine.catalog.versions import PublishedVersion, version_in_force
from engine.clock import office_date
from engine.errors import BadInputError, OfficeError
from engine.events.cases import CaseReceived, CaseRegistered
from engine.sla.start import Channel, start_of_clock
from engine.staff.queries import agency_accepts, agency_by_code, office_time_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from sqlalchemy import Connection

    from engine.cases.intake.collect_fee import Fee
    from engine.clock import Clock

LONGEST_NAME = 200
OWNER_FIELDS = ("id_number", "phone", "email", "address", "kind")


class ProcedureNotAcceptedError(OfficeError):
    """The agency does not take this procedure, or a real office was shown a sample."""

    code = "procedure_not_accepted"


class DossierIncompleteError(OfficeError):
    """A dossier with missing components is not received; a supplement is asked for (R10)."""

    code = "dossier_incomplete"


def receive_case(
    db: Connection,
    clock: Clock,
    *,
    procedure: str,
    agency: str,
    owner: str,
    channel: str,
    by: str | None = None,
    data: Mapping[str, Any] | None = None,
    submitted_only: bool = False,
    handed_over_at: datetime | None = None,
    competent_received_at: datetime | None = None,
    receiving_agency: str | None = None,
    paid: Fee | None = None,
) -> CaseFile:
    """Enter a dossier; accepted as complete at once unless it is only submitted.

    `data` may hold `components` (code → original, certified, copy, missing) and `owner`
    (id_number, phone, email, address). Legal: R2, R3, R4, R9, R13

    Raises:
        BadInputError, AgencyUnknownError, ProcedureUnknownError, ProcedureNotAcceptedError,
        DossierIncompleteError, NotAllowedError.
    """
    now = clock.now()
    chosen = chosen_channel(channel)
    check_agency_code(agency)
    agency_by_code(db, agency)
    version = accepted_version(db, agency, procedure, office_date(now))
    given = dict(data or {})
    components = checked_components(version, given.pop("components", None))
    owner_data = owner_values(given.pop("owner", None))
    if given:
        raise BadInputError(
            "Expected only 'components' and 'owner' in the data of a receipt, but there is also "
            + ", ".join(repr(key) for key in sorted(given)),
        )
    regime = regime_on(office_date(now))
    number = next_number(db, agency, office_date(now))
    file = new_case(
        db,
        clock,
        version=version,
        office=office_time_of(db, agency),
        number=number,
        search_text=search_text(number, owner),
        status=int(CaseStatus.NEW),
        agency_code=agency,
        receiving_agency_code=receiving_agency,
        channel=str(chosen),
        owner_name=owner_name(owner),
        owner_data=json.dumps(owner_data, ensure_ascii=False),
        components=json.dumps(components, ensure_ascii=False),
        registered_at=now,
        regime=str(regime),
        limit_text=str(version.limit),
        pause_policy=str(version.meta.get("pause_policy") or default_pause_policy(regime)),
    )
    officer = acting_officer(file, ONE_STOP, by)
    if submitted_only:
        file.record(
            CaseRegistered(
                procedure=version.procedure_code,
                version=version.number,
                agency=agency,
                channel=str(chosen),
            )
        )
    else:
        accept(
            file,
            officer=officer,
            handed_over_at=handed_over_at,
            competent_received_at=competent_received_at,
            paid=paid,
        )
    file.save(actor=officer)
    return file


def accept(
    file: CaseFile,
    *,
    officer: str,
    handed_over_at: datetime | None = None,
    competent_received_at: datetime | None = None,
    paid: Fee | None = None,
) -> None:
    """The dossier is complete: the clock starts, the receipt is issued. Legal: R9, R13

    The caller saves the file.
    """
    missing = missing_components(file.version, json.loads(file["components"]))
    if missing:
        raise DossierIncompleteError(
            f"Expected a complete dossier, but {', '.join(missing)} is missing: register it with "
            "--submitted-only and ask for a supplement",
            missing=missing,
        )
    started_at = start_of_clock(
        Channel(file["channel"]),
        accepted_at=file.now,
        handed_over_at=handed_over_at,
        competent_received_at=competent_received_at,
    )
    due_at = first_due(file, started_at)
    file.set(
        received_at=started_at,
        received_by=officer,
        due_original_at=due_at,
        due_appointed_at=due_at,
    )
    version = file.version
    file.record(
        CaseReceived(
            procedure=version.procedure_code,
            version=version.number,
            agency=file["agency_code"],
            field=version.field,
            level=version.level,
            channel=file["channel"],
            officer=officer,
            regime=file["regime"],
            limit=file["limit_text"],
            received_at=started_at,
            due_at=due_at,
            hour_based=file.is_hour_based,
            foreign_territory=file["receiving_agency_code"] is not None,
            calendar=file.office.calendar.digest()[:16],
        )
    )
    file.move_to(CaseStatus.RECEIVED)
    arm_case_alerts(file)
    if paid is not None:
        keep_fee(file, paid, officer=officer)
    begin(file, {})
    issue_receipt(file, officer=officer)


def chosen_channel(text: str) -> Channel:
    """The channel of a word.

    Raises:
        BadInputError: there is no such channel.
    """
    try:
        return Channel(text)
    except ValueError as cause:
        raise BadInputError(
            f"Expected a channel of {', '.join(Channel)}, but got {text!r}", value=text
        ) from cause


def accepted_version(db: Connection, agency: str, procedure: str, on: date) -> PublishedVersion:
    """The version in force on a date, if the agency takes its dossiers. Legal: R2, R3

    Raises:
        ProcedureUnknownError, ProcedureNotAcceptedError.
    """
    version = version_in_force(db, procedure, on)
    if version.sample and not is_training(db):
        raise ProcedureNotAcceptedError(
            f"Expected an approved version of {version.procedure_code}, but version "
            f"{version.number} is a sample: only a training office may use it",
            procedure=version.procedure_code,
        )
    if not agency_accepts(db, agency, version.procedure_code):
        raise ProcedureNotAcceptedError(
            f"Expected a procedure that {agency} takes, but {version.procedure_code} is not "
            "on its list",
            agency=agency,
            procedure=version.procedure_code,
        )
    return version


def owner_name(owner: str) -> str:
    """A name as the books keep it: one line, letters and accents together.

    Raises:
        BadInputError: it is empty, too long, or has other characters.
    """
    name = unicodedata.normalize("NFC", owner).strip()
    if not name or len(name) > LONGEST_NAME or any(unicodedata.category(c) == "Cc" for c in name):
        raise BadInputError(
            f"Expected the owner's name in 1 to {LONGEST_NAME} letters on one line, "
            f"but got {owner[:40]!r}"
        )
    return name


def owner_values(given: Any) -> dict[str, str]:
    """What is known of the owner besides his name.

    Raises:
        BadInputError: a field nobody knows, or a value that is no short text.
    """
    if given is None:
        return {}
    if not isinstance(given, dict) or not all(
        key in OWNER_FIELDS and isinstance(value, str) and len(value) <= LONGEST_NAME
        for key, value in given.items()
    ):
        raise BadInputError(
            f"Expected 'owner' to hold texts for {', '.join(OWNER_FIELDS)}, but got {given!r}"
        )
    return dict(given)
