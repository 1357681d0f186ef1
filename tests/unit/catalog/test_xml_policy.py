"""What XML is taken in, and what is refused with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.catalog.finding import Blocks, DiagramRefusedError
from engine.catalog.xml import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, read_xml

if TYPE_CHECKING:
    from pathlib import Path


def refused(data: bytes) -> list[str]:
    with pytest.raises(DiagramRefusedError) as refusal:
        read_xml(data)
    assert all(each.blocks is Blocks.RUN for each in refusal.value.findings)
    return [each.code for each in refusal.value.findings]


@pytest.mark.parametrize("data", [b"", b"  \n", b"\xef\xbb\xbf", b"\xff\xfe", b"\x00\x00"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert refused(data) == ["xml-empty"]


def test_a_file_above_two_megabytes_is_refused() -> None:
    assert refused(b"<a>" + b"x" * MAX_BYTES + b"</a>") == ["xml-too-large"]


@pytest.mark.parametrize(
    "data", [b"<a>", b"no", b"<a></b>", b"<a/><b/>", b"\x00\x01", b"<a b=1/>", b"<x:a/>"]
)
def test_what_is_not_xml_is_refused_with_its_line(data: bytes) -> None:
    with pytest.raises(DiagramRefusedError) as refusal:
        read_xml(data)
    first = refusal.value.findings[0]
    assert (first.code, first.line) == ("xml-unreadable", 1)


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE a>",
        '<!DOCTYPE a [<!ENTITY x "hi">]>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE a PUBLIC "-//X//Y" "http://127.0.0.1:1/x.dtd">',
        '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x"> %p;]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_doctype_is_refused_in_every_encoding(doctype: str, encoding: str) -> None:
    text = f"{doctype}<a>x</a>"
    if encoding in {"utf-16-le", "utf-16-be"}:
        text = "\ufeff" + text
    assert refused(text.encode(encoding)) == ["xml-doctype"]


def test_billion_laughs_are_refused() -> None:
    entities = '<!ENTITY a0 "lol">' + "".join(
        f'<!ENTITY a{at} "{f"&a{at - 1};" * 10}">' for at in range(1, 10)
    )
    assert refused(f"<!DOCTYPE a [{entities}]><a b='&a9;'>&a9;</a>".encode()) == ["xml-doctype"]


def test_an_outside_file_is_never_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("very-secret", "utf-8")
    attack = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a>&x;</a>'
    with pytest.raises(DiagramRefusedError) as refusal:
        read_xml(attack.encode())
    assert "very-secret" not in str(refusal.value.details)


def test_an_include_is_left_as_it_is(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("very-secret", "utf-8")
    include = (
        '<a xmlns:xi="http://www.w3.org/2001/XInclude">'
        f'<xi:include href="{secret.as_uri()}" parse="text"/></a>'
    )
    assert "".join(map(str, read_xml(include.encode()).itertext())) == ""


def test_more_elements_than_the_limit_are_refused() -> None:
    assert refused(b"<a>" + b"<b/>" * MAX_ELEMENTS + b"</a>") == ["xml-too-many-elements"]
    assert len(read_xml(b"<a>" + b"<b/>" * (MAX_ELEMENTS - 1) + b"</a>")) == MAX_ELEMENTS - 1


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 5_000])
def test_deeper_nesting_than_the_limit_is_refused(depth: int) -> None:
    codes = refused(b"<a>" * depth + b"</a>" * depth)
    assert set(codes) <= {"xml-too-deep", "xml-unreadable"}


def test_nesting_at_the_limit_is_read() -> None:
    assert read_xml(b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH).tag == "a"


@pytest.mark.parametrize(
    "bad", ["x' or '1'='1", "a b", "1a", "-a", "a:b", "a&quot;b", "", "a/b", "\u202ea"]
)
def test_an_id_that_is_no_name_is_refused_with_its_line(bad: str) -> None:
    with pytest.raises(DiagramRefusedError) as refusal:
        read_xml(f'<a>\n<b id="{bad}"/></a>'.encode())
    (finding,) = refusal.value.findings
    assert (finding.code, finding.line) == ("xml-id-invalid", 2)


@pytest.mark.parametrize("good", ["a", "_1", "sid-0F-9.x", "Bước_1", "Activity_1abc"])
def test_names_of_letters_of_any_tongue_are_ids(good: str) -> None:
    assert read_xml(f'<a id="{good}"/>'.encode()).get("id") == good


def test_an_id_above_64_characters_is_refused() -> None:
    assert refused(f'<a id="{"a" * 65}"/>'.encode()) == ["xml-id-too-long"]
    assert read_xml(f'<a id="{"a" * 64}"/>'.encode()).get("id") == "a" * 64


def test_an_id_of_the_drawing_part_may_be_longer() -> None:
    shape = (
        f'<a xmlns:d="http://www.omg.org/spec/BPMN/20100524/DI"><d:BPMNEdge id="{"a" * 150}"/></a>'
    )
    assert len(read_xml(shape.encode())) == 1


def test_all_bad_ids_are_listed() -> None:
    assert refused(b'<a><b id="1"/><b id="2"/><b id="3"/></a>') == ["xml-id-invalid"] * 3


def test_comments_and_instructions_do_not_cut_a_text() -> None:
    root = read_xml(b"<a>one<!-- x -->two<?y z?>three<![CDATA[four]]></a>")
    assert (root.text, len(root)) == ("onetwothreefour", 0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
def test_encodings_are_read_from_the_bytes(encoding: str) -> None:
    assert read_xml("<a>Tiếp nhận hồ sơ</a>".encode(encoding)).text == "Tiếp nhận hồ sơ"


def test_an_unknown_encoding_is_refused() -> None:
    assert set(refused(b'<?xml version="1.0" encoding="moc-ban"?><a/>')) == {"xml-unreadable"}


def test_a_refusal_reads_as_a_sentence() -> None:
    with pytest.raises(DiagramRefusedError, match=r"^Expected a readable diagram, but .+") as no:
        read_xml(b"")
    assert no.value.code == "diagram_refused"
    assert no.value.details["findings"]
