"""The values a diagram is published with: procedure.yaml's part, its forms, what its head says."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from lxml import etree

from engine.catalog.diagram import read_diagram
from engine.catalog.extension import MOTCUA
from engine.catalog.linter.rule import procedures
from engine.catalog.table.form_drafts import DRAFTS
from engine.catalog.versions import version_number, versions_of
from engine.catalog.xml import read_xml, reserialised
from engine.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from engine.catalog.extension import ProcedureHead


def head_and_forms(bpmn: bytes) -> tuple[ProcedureHead, frozenset[str]]:
    """A diagram's head and the names of the forms its steps ask for.

    Raises:
        BadInputError: the diagram has no procedure's head. DiagramRefusedError: it is no BPMN.
    """
    headed = procedures(read_diagram(bpmn))
    if not headed or headed[0].extension is None:
        raise BadInputError("Expected a diagram with mc:procedure, but it has no procedure's head")
    nodes = headed[0].nodes.values()
    forms = frozenset(n.extension.form for n in nodes if n.extension.form is not None)
    return headed[0].extension, forms


def last_values(db: Connection, code: str) -> dict[str, Any]:
    """The values of a procedure's last version; none yet for one never published."""
    known = versions_of(db, code)
    if not known:
        return {"components": []}
    number, _ = known[-1]
    return dict(version_number(db, code, number, date.min).meta)


def publication_values(
    bpmn: bytes, given: Mapping[str, Any], *, own_folder: bool = False
) -> dict[str, Any]:
    """What a diagram is published with: what its head says goes before the given values.

    `given` holds procedure.yaml's keys and `forms`; a form that is not given is the standard one.
    With `own_folder` they are a whole folder's: its legal basis goes before the head's, and no
    standard form stands in for one that is missing.

    Raises:
        BadInputError: the diagram has no procedure's head, or a step's form is missing.
    """
    head, wanted = head_and_forms(bpmn)
    meta = dict(given)
    forms = {**({} if own_folder else DRAFTS), **meta.get("forms", {})}
    missing = sorted(wanted - forms.keys())
    if missing:
        raise BadInputError(
            f"Expected a form for every step, but {', '.join(missing)} is missing", forms=missing
        )
    for own in ("decision", "sample"):  # the publication brings its own decision (R3)
        meta.pop(own, None)
    said = {
        "code": head.code,
        "name": head.name,
        "field": head.field,
        "level": head.level,
        "limit": head.total,
        "regime": head.regime,
    }
    if meta.get("limit") not in (None, head.total):
        meta.pop("committed_limit", None)  # it was promised against another limit
    basis = {"legal_basis": [head.basis]} if head.basis and not own_folder else {}
    return {**meta, **said, **basis, "forms": {name: forms[name] for name in sorted(wanted)}}


def stamped(bpmn: bytes, *, decision: str | None, sample: bool) -> bytes:
    """The diagram whose head names the decision that it is published with. Legal: R3

    Raises:
        DiagramRefusedError: see `read_xml`.
    """
    root = read_xml(bpmn)
    for head in root.iter(f"{{{MOTCUA}}}procedure"):
        for name, value in (("decision", decision), ("sample", "true" if sample else None)):
            if value:
                head.set(name, value)
            elif name in head.attrib:
                del head.attrib[name]
    return reserialised(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
