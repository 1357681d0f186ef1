"""Reads untrusted XML: one parser policy, and every refusal with its line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from engine.catalog.finding import Blocks, Code, DiagramRefusedError, Finding, Severity

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_BYTES: Final = 2 * 1024 * 1024
MAX_ELEMENTS: Final = 20_000
MAX_DEPTH: Final = 200
MAX_ID_LENGTH: Final = 64
MAX_DRAWING_ID_LENGTH: Final = 256
"""Shapes are named by modelers after two flow ends; nothing of ours ever uses these ids."""

_MAX_LISTED: Final = 50

_DRAWING_NAMESPACES: Final = (
    "http://www.omg.org/spec/BPMN/20100524/DI",
    "http://www.omg.org/spec/DD/20100524/DI",
    "http://www.omg.org/spec/DD/20100524/DC",
)

_NAME_START: Final = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NCNAME: Final = re.compile(
    f"[{_NAME_START}][{_NAME_START}\\-.0-9\u00b7\u0300-\u036f\u203f-\u2040]*"
)

_EMPTY = Code(
    "xml-empty",
    Severity.ERROR,
    "Tệp trống.",
    "The file is empty.",
    blocks=Blocks.RUN,
    hint="Chọn lại tệp .bpmn có nội dung.",
)
_TOO_LARGE = Code(
    "xml-too-large",
    Severity.ERROR,
    "Tệp lớn hơn 2 MB.",
    "The file is larger than 2 MB.",
    blocks=Blocks.RUN,
    hint="Bỏ hình ảnh nhúng hoặc tách sơ đồ thành nhiều tệp.",
)
_UNREADABLE = Code(
    "xml-unreadable",
    Severity.ERROR,
    "Tệp không phải XML đúng cú pháp.",
    "The file is not well-formed XML.",
    blocks=Blocks.RUN,
    hint="Xuất lại tệp từ công cụ vẽ.",
)
_DOCTYPE = Code(
    "xml-doctype",
    Severity.ERROR,
    "Tệp có khai báo DOCTYPE, có thể chứa thực thể độc hại.",
    "The file declares a DOCTYPE, which may carry hostile entities.",
    blocks=Blocks.RUN,
    hint="Xóa dòng <!DOCTYPE …>; BPMN không cần nó.",
)
_TOO_MANY = Code(
    "xml-too-many-elements",
    Severity.ERROR,
    "Tệp có hơn 20 000 phần tử.",
    "The file has more than 20,000 elements.",
    blocks=Blocks.RUN,
    hint="Tách sơ đồ thành nhiều tệp.",
)
_TOO_DEEP = Code(
    "xml-too-deep",
    Severity.ERROR,
    "Các phần tử lồng nhau quá 200 tầng.",
    "Elements are nested more than 200 deep.",
    blocks=Blocks.RUN,
    hint="Giảm số tầng quy trình con.",
)
_ID_INVALID = Code(
    "xml-id-invalid",
    Severity.ERROR,
    "Mã phần tử (id) không phải tên XML hợp lệ.",
    "An element's id is not an XML name (NCName).",
    blocks=Blocks.RUN,
    hint="Mã bắt đầu bằng chữ cái hoặc _, chỉ gồm chữ, số, dấu chấm, gạch nối, gạch dưới.",
)
_ID_TOO_LONG = Code(
    "xml-id-too-long",
    Severity.ERROR,
    "Mã phần tử (id) dài hơn 64 ký tự.",
    "An element's id is longer than 64 characters.",
    blocks=Blocks.RUN,
    hint="Rút ngắn mã phần tử.",
)

CODES: Final = (
    _EMPTY,
    _TOO_LARGE,
    _UNREADABLE,
    _DOCTYPE,
    _TOO_MANY,
    _TOO_DEEP,
    _ID_INVALID,
    _ID_TOO_LONG,
)


def read_xml(data: bytes) -> _Element:
    """The root of a checked tree, without comments and processing instructions.

    At most 2 MB, 20 000 elements, 200 levels; no DOCTYPE; ids are NCNames of at most
    64 characters (256 in the drawing part).

    Raises:
        DiagramRefusedError: the bytes are not such XML; each finding carries its line.
    """
    if not data.strip(b"\x00\t\r\n \xef\xbb\xbf\xfe\xff"):
        raise DiagramRefusedError([_EMPTY.found(None, "Tệp trống.", "the file is empty")])
    if len(data) > MAX_BYTES:
        raise DiagramRefusedError(
            [
                _TOO_LARGE.found(
                    None,
                    f"Tệp có {len(data)} byte, vượt giới hạn {MAX_BYTES} byte.",
                    f"the file has {len(data)} bytes, above the limit of {MAX_BYTES}",
                )
            ]
        )
    root = _parsed(data)
    findings = list(_shape_findings(root)) or list(_id_findings(root))
    if findings:
        raise DiagramRefusedError(findings)
    return root


def reserialised(data: bytes) -> bytes:
    """The file as the checked tree writes it, so that every reader sees what was checked.

    Comments, processing instructions and another encoding are gone; doing it twice changes nothing.

    Raises:
        DiagramRefusedError: see `read_xml`.
    """
    text: bytes = etree.tostring(read_xml(data), xml_declaration=True, encoding="UTF-8")
    return text.rstrip(b"\n") + b"\n"


def line_of(element: _Element) -> int | None:
    """The line of an element in its file, from 1."""
    line: object = element.sourceline
    return line if isinstance(line, int) else None


def _parsed(data: bytes) -> _Element:
    # A parser of its own per call: lxml keeps the error log of the last file in the parser.
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
        # Comments go as well: they would cut a text in two, and readers differ on the halves.
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as cause:
        if _declares_doctype(data):
            raise DiagramRefusedError([_doctype_finding()]) from cause
        raise DiagramRefusedError(_syntax_findings(cause)) from cause
    except (ValueError, LookupError, AssertionError) as cause:
        raise DiagramRefusedError(
            [_UNREADABLE.found(None, f"Không đọc được XML: {cause}.", f"it is not XML: {cause}")]
        ) from cause
    if root is None:
        raise DiagramRefusedError(
            [_UNREADABLE.found(None, "Không có phần tử gốc.", "it has no root element")]
        )
    if root.getroottree().docinfo.internalDTD is not None:
        raise DiagramRefusedError([_doctype_finding()])
    return root


def _declares_doctype(data: bytes) -> bool:
    return any(mark in data for mark in (b"<!DOCTYPE", "<!DOCTYPE".encode("utf-16-le"))) or (
        "<!DOCTYPE".encode("utf-16-be") in data
    )


def _doctype_finding() -> Finding:
    return _DOCTYPE.found(
        None, "Tệp có khai báo DOCTYPE, không được nhận.", "it declares a DOCTYPE", line=1
    )


def _syntax_findings(cause: etree.XMLSyntaxError) -> list[Finding]:
    log: Any = cause.error_log
    entries = [(entry.line, entry.message) for entry in log] or [
        (cause.lineno or 1, cause.msg or "unknown")
    ]
    return [
        _UNREADABLE.found(
            None,
            f"XML sai cú pháp ở dòng {line}: {message}.",
            f"line {line} is not XML: {message}",
            line=line,
        )
        for line, message in entries[:_MAX_LISTED]
    ]


def _shape_findings(root: _Element) -> list[Finding]:
    level: list[_Element] = [root]
    count, depth = 0, 0
    while level:
        depth += 1
        count += len(level)
        if depth > MAX_DEPTH:
            return [
                _TOO_DEEP.found(
                    None,
                    f"Phần tử lồng quá {MAX_DEPTH} tầng.",
                    f"elements are nested more than {MAX_DEPTH} deep",
                    line=line_of(level[0]),
                )
            ]
        if count > MAX_ELEMENTS:
            return [
                _TOO_MANY.found(
                    None,
                    f"Tệp có hơn {MAX_ELEMENTS} phần tử.",
                    f"it has more than {MAX_ELEMENTS} elements",
                )
            ]
        level = [child for element in level for child in element]
    return []


def _id_findings(root: _Element) -> list[Finding]:
    findings: list[Finding] = []
    for element in root.iter("*"):
        given = element.get("id")
        if given is None:
            continue
        namespace = etree.QName(element).namespace
        longest = MAX_DRAWING_ID_LENGTH if namespace in _DRAWING_NAMESPACES else MAX_ID_LENGTH
        shown = given[:MAX_ID_LENGTH]
        line = line_of(element)
        if not _NCNAME.fullmatch(given):
            findings.append(
                _ID_INVALID.found(
                    None,
                    f"Mã phần tử {shown!r} không phải tên XML hợp lệ.",
                    f"the id {shown!r} is not an XML name",
                    line=line,
                )
            )
        elif len(given) > longest:
            findings.append(
                _ID_TOO_LONG.found(
                    None,
                    f"Mã phần tử {shown!r}… dài {len(given)} ký tự, vượt {longest}.",
                    f"the id {shown!r}… has {len(given)} characters, above {longest}",
                    line=line,
                )
            )
        if len(findings) >= _MAX_LISTED:
            break
    return findings
