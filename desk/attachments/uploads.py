"""Taking in what a browser uploads: larger requests for those who may, contents kept by hash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from flask import current_app, request
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeSerializer

from desk.access import Decision, agency_of_case, decide, me, rule_of
from desk.transaction import db, office_clock, settings
from engine.cases.intake.attach_file import attach_file
from engine.documents.file_kind import KINDS, name_for
from engine.documents.file_store import StoredFile, put_file
from engine.errors import BadInputError, OfficeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flask import Flask

View = TypeVar("View", bound="Callable[..., Any]")

MOST_FILES = 10
"""Files of one request."""
KEPT_FIELD = "kept"
_PURPOSE = "motcua kept file 1"
_TEXT_BYTES = 500_000


@dataclass(frozen=True)
class Upload:
    """A content that is kept, where it belongs and what it is called; not yet a paper of a case."""

    stored: StoredFile
    component: str | None
    name: str

    @property
    def token(self) -> str:
        """What a form carries instead of the file when it must be shown again."""
        kept = self.stored
        return _signer().dumps(
            [me().code, kept.sha256, kept.bytes, kept.kind.name, self.component, self.name]
        )


def takes_files(view: View) -> View:
    """Mark a view whose form brings files."""
    view.takes_files = True  # type: ignore[attr-defined]  # read back before each request
    return view


def install_uploads(app: Flask) -> None:
    """Allow large requests where files are taken; called before anything reads a form."""
    app.before_request(_allow_files)


def _allow_files() -> None:
    endpoint = request.endpoint or ""
    if not getattr(current_app.view_functions.get(endpoint), "takes_files", False):
        return
    # A stranger's gigabyte is refused before a byte of it is read.
    person = me() if current_user.is_authenticated else None
    rule = rule_of(current_app, endpoint)
    agency = agency_of_case() if rule is not None and rule.of_case else None
    if decide(rule, person, case_agency=agency) is Decision.ALLOWED:
        request.max_content_length = MOST_FILES * settings().attachment_most_bytes // 2


def uploaded_or_refused(prefix: str) -> tuple[list[Upload], OfficeError | None]:
    """Files of every field with this prefix, the rest of its name being the component.

    A refused file is left out and told; the others are kept, so that nothing is chosen twice.
    """
    found, refused = kept_before(), None
    for field in request.files:
        if field.startswith(prefix):
            try:
                found += uploaded(field, field.removeprefix(prefix) or None)
            except OfficeError as refusal:
                refused = refusal
    return found, refused


def uploaded(field: str, component: str | None) -> list[Upload]:
    """The files of a field of this request, kept; an empty field gives none.

    Raises:
        OfficeError: one of them is too large or of a kind we do not take; it is named.
    """
    given = [each for each in request.files.getlist(field) if each.filename]
    if len(given) > MOST_FILES:
        raise BadInputError(f"Expected at most {MOST_FILES} files at once, but got {len(given)}")
    found = []
    for each in given:
        try:
            stored = put_file(
                settings().attachments_folder,
                each.stream,
                most_bytes=settings().attachment_most_bytes,
            )
        except OfficeError as refusal:
            refusal.details["file"] = str(each.filename)[:100]
            raise
        found.append(Upload(stored, component, name_for(str(each.filename), stored.kind)))
    return found


def kept_before() -> list[Upload]:
    """Files of an earlier try of this form, as its hidden fields name them; forged ones are not."""
    found = []
    for token in request.form.getlist(KEPT_FIELD)[:MOST_FILES]:
        try:
            officer, sha256, size, kind, component, name = _signer().loads(token)
        except (BadSignature, ValueError):
            continue
        if officer == me().code:
            found.append(Upload(StoredFile(sha256, size, KINDS[kind]), component, name))
    return found


def attach_all(number: str, uploads: Iterable[Upload]) -> None:
    """Make papers of the case of what was uploaded."""
    for each in uploads:
        attach_file(
            db(),
            office_clock(),
            number=number,
            stored=each.stored,
            name=each.name,
            component=each.component,
            by=me().code,
        )


def refused_name(refusal: OfficeError) -> str:
    """Which file was refused, with a colon, for a sentence in front of a clerk."""
    name = refusal.details.get("file")
    return f"{name}: " if name else ""


def _signer() -> URLSafeSerializer:
    key = current_app.secret_key
    if not isinstance(key, bytes):
        raise TypeError("the desk's key is bytes, see desk/app.py")
    return URLSafeSerializer(key, salt=_PURPOSE)
