"""What a new version changes is told by meaning, in sentences an official can read."""

from __future__ import annotations

from datetime import date

import pytest
from bpmn_texts import chain, flow, lawful, lawful_parts, step
from lxml import etree
from table_texts import CATALOGUE, EXAMINE, RECEIVE, RETURN, SIGN, small_table

from engine.catalog.diagram import read_diagram
from engine.catalog.difference import Change, differences
from engine.catalog.graph import Process
from engine.catalog.linter.staffing import check_staffing
from engine.catalog.linter.version_dates import dates_of
from engine.catalog.table.builder import build_diagram
from engine.catalog.xml import reserialised

PROCEDURES = sorted(path.name for path in CATALOGUE.iterdir())


def process(data: bytes) -> Process:
    return read_diagram(data).processes[0]


def changes(**parts: str) -> list[Change]:
    return list(differences(process(lawful()), process(lawful(**parts))))


def texts(found: list[Change]) -> list[str]:
    return [change.text() for change in found]


def test_the_same_diagram_has_no_changes() -> None:
    assert changes() == []


def test_another_drawing_is_no_change() -> None:
    data = build_diagram(small_table())
    moved = data.replace(b'x="1', b'x="2')
    assert moved != data
    assert differences(process(data), process(moved)) == ()


def test_a_changed_limit_is_told_before_and_after() -> None:
    found = changes(ky=step("ky", "Ký kết quả", "sign", "lanh_dao", "1wd"))
    assert texts(found) == [
        "Sửa thời gian của bước “Ký kết quả”: 2 ngày làm việc → 1 ngày làm việc."
    ]
    assert (found[0].element, found[0].field) == ("ky", "limit")


def test_an_added_step_and_its_flows_are_told() -> None:
    found = changes(
        after=step("kiem_tra", "Kiểm tra lại", "examine", "chuyen_vien", "4wh"),
        f_ky=chain("ket_luan", "ky", "kiem_tra", "tra_ket_qua", "ket_thuc"),
    )
    assert ("added", "kiem_tra") in [(c.change, c.element) for c in found]
    assert any("Bỏ luồng “Ký kết quả → Trả kết quả”" in text for text in texts(found))


def test_a_removed_step_a_role_and_a_form_are_told() -> None:
    parts = lawful_parts()
    found = changes(
        tham_dinh=parts["tham_dinh"].replace('role="chuyen_vien"', 'role="truong_phong"'),
        tu_choi="", ket_thuc_tu_choi="", f_tu_choi="",
    )  # fmt: skip
    told = {(c.change, c.element, c.field) for c in found}
    assert ("removed", "tu_choi", None) in told
    assert ("changed", "tham_dinh", "role") in told


def test_a_condition_and_a_head_are_told() -> None:
    parts = lawful_parts()
    found = changes(
        f_tu_choi=parts["f_tu_choi"].replace("'tu_choi'", "'khong_dat'"),
        head=parts["head"].replace('total="8wd"', 'total="6wd"'),
    )
    assert "Sửa tổng thời gian của thủ tục “Cấp bản sao từ sổ gốc”: " in texts(found)[0]
    assert len([c for c in found if c.what == "luồng"]) == 2


def test_a_row_put_in_gives_later_steps_new_ids_but_they_are_the_same_steps() -> None:
    before = build_diagram(small_table(RECEIVE, EXAMINE, SIGN, RETURN))
    new = "3,,Soạn thảo,Chuyên viên,2 giờ,"
    after = build_diagram(
        small_table(RECEIVE, EXAMINE, new, SIGN.replace("3,", "4,"), RETURN.replace("4,", "5,"))
    )
    found = differences(process(before), process(after))
    assert [(c.before, c.after) for c in found if c.change == "renamed"] == [
        ("b03_ky", "b04_ky"),
        ("b04_tra_ket_qua", "b05_tra_ket_qua"),
    ]
    assert [c.element for c in found if c.change == "added" and c.what == "bước"] == [
        "b03_soan_thao"
    ]
    assert not [c for c in found if c.change == "removed" and c.what == "bước"]


def test_steps_in_another_order_are_moved() -> None:
    parts = lawful_parts()
    text = lawful(
        tham_dinh=parts["ky"], ky=parts["tham_dinh"],
        flows=chain("bat_dau", "tiep_nhan", "ky", "tham_dinh", "ket_luan"),
        f_ky=chain("ket_luan", "tra_ket_qua", "ket_thuc"),
    )  # fmt: skip
    found = differences(process(lawful()), process(text))
    assert "tham_dinh" in [c.element for c in found if c.change == "moved"]


def test_an_added_default_branch_is_told() -> None:
    found = changes(f_ky=flow("ket_luan", "tra_ket_qua", flow_id="f_ket_luan_ky"))
    assert any(c.field == "default" for c in found)


@pytest.mark.parametrize("code", PROCEDURES)
def test_a_procedure_of_the_catalogue_is_unchanged_by_reading_writing_and_reading(
    code: str,
) -> None:
    data = (CATALOGUE / code / f"{code}.bpmn").read_bytes()
    written = reserialised(data)
    assert reserialised(written) == written
    # As a modeler of the browser writes: other prefixes, no blanks between elements.
    root = etree.fromstring(data, etree.XMLParser(remove_blank_text=True))
    other = etree.tostring(root).replace(b"xmlns:bpmn=", b"xmlns:m=")
    for before in (b"<bpmn:", b"</bpmn:", b'"bpmn:'):
        other = other.replace(before, before.replace(b"bpmn:", b"m:"))
    for again in (written, other, reserialised(other)):
        one, two = process(data), process(again)
        assert differences(one, two) == ()
        assert [(n.id, n.rule and n.rule.limit, n.outgoing) for n in one.nodes.values()] == [
            (n.id, n.rule and n.rule.limit, n.outgoing) for n in two.nodes.values()
        ]


def test_a_role_without_people_is_told_once_an_agency() -> None:
    diagram = read_diagram(lawful())
    people = {
        "H35.12": {"mot_cua", "chuyen_vien"},
        "H35.13": {"mot_cua", "chuyen_vien", "lanh_dao"},
    }
    found = list(check_staffing(diagram, people))
    assert [(f.code, f.element_id) for f in found] == [("role-without-people", "ky")]


def test_r2_dates_in_order_are_no_finding() -> None:
    published = [(1, date(2026, 1, 1)), (2, date(2026, 6, 1))]
    assert list(dates_of("1", date(2026, 9, 1), published)) == []
    assert [f.code for f in dates_of("1", date(2026, 6, 1), published)] == ["version-same-day"]
    assert [f.code for f in dates_of("1", date(2026, 3, 1), published)] == ["version-overtaken"]
