"""A step takes the fields of its form and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.catalog.forms import defaults, form_problems, read_form, validate
from engine.catalog.table.form_drafts import DRAFTS
from engine.errors import BadInputError


def form(*fields: dict[str, Any]) -> dict[str, Any]:
    return {"title": "Thử", "fields": list(fields)}


def field(name: str = "ten", kind: str = "text", **more: Any) -> dict[str, Any]:
    return {"name": name, "label": name, "type": kind, **more}


ALL = form(
    field("chu", "text"),
    field("doan", "textarea"),
    field("so", "number"),
    field("ngay", "date"),
    field("co", "boolean"),
    field("chon", "select", options=["a", {"value": "b", "label": "Bê"}]),
)


def refusal(of: dict[str, Any], data: Any) -> str:
    with pytest.raises(BadInputError) as refused:
        validate(of, data)
    return refused.value.message


@pytest.mark.parametrize("name", sorted(DRAFTS))
def test_every_standard_form_is_sound_and_has_defaults(name: str) -> None:
    assert form_problems(DRAFTS[name]) == []
    assert isinstance(defaults(DRAFTS[name]), dict)


def test_the_defaults_of_the_examination_lead_along_the_normal_path() -> None:
    assert defaults(DRAFTS["tham_dinh"]) == {"ket_luan": "dat"}
    assert defaults(DRAFTS["ky"]) == {"dong_y": True}


def test_a_value_that_is_not_given_is_the_default() -> None:
    assert validate(DRAFTS["tham_dinh"], {"y_kien": "đủ"}) == {"ket_luan": "dat", "y_kien": "đủ"}


def test_a_given_value_goes_before_the_default() -> None:
    assert validate(DRAFTS["tham_dinh"], {"ket_luan": "bo_sung"})["ket_luan"] == "bo_sung"


def test_every_type_takes_its_json_value() -> None:
    given_values = {
        "chu": "a", "doan": "a\nb", "so": 1.5, "ngay": "2026-11-20", "co": False, "chon": "b",
    }  # fmt: skip
    assert validate(ALL, given_values) == given_values


@pytest.mark.parametrize("key", ["typename", "__class__", "la", "trang_thai", ""])
def test_a_field_of_another_form_does_not_pass(key: str) -> None:
    assert repr(key) in refusal(ALL, {key: "x"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("chu", 1), ("chu", ["a"]), ("chu", {"typename": "x"}), ("chu", True), ("chu", "a\nb"),
        ("chu", "a\0b"), ("chu", "\ud800"), ("chu", "x" * 501), ("doan", "\0"),
        ("doan", "x" * 10_001), ("so", "1"), ("so", True), ("so", float("nan")),
        ("so", float("inf")), ("so", 10**16), ("so", -(10**16)), ("ngay", "20/11/2026"),
        ("ngay", "2026-02-30"), ("ngay", "2026-W01-1"), ("ngay", 20261120), ("co", 1),
        ("co", "true"), ("chon", "c"), ("chon", ["a"]), ("chon", 0),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_refused_by_name(name: str, value: Any) -> None:
    assert f"'{name}'" in refusal(ALL, {name: value})


def test_all_problems_are_told_at_once() -> None:
    told = refusal(ALL, {"so": "x", "co": "x", "la": 1})
    assert all(name in told for name in ("'so'", "'co'", "'la'"))


def test_a_required_field_without_default_must_be_given() -> None:
    needed = form(field("ly_do", "textarea", required=True))
    assert "'ly_do'" in refusal(needed, {})
    with pytest.raises(BadInputError, match="is missing"):
        defaults(needed)
    assert validate(needed, {"ly_do": " thiếu "}) == {"ly_do": "thiếu"}


@pytest.mark.parametrize("empty", [None, "", "   "])
def test_an_empty_value_counts_as_not_given(empty: str | None) -> None:
    assert validate(ALL, {"chu": empty}) == {}


def test_text_comes_back_composed() -> None:
    assert validate(ALL, {"chu": "Tie\u0302\u0301p"}) == {"chu": "Ti\u1ebfp"}


@pytest.mark.parametrize("data", [[], "x", 1, None])
def test_data_that_are_no_object_are_refused(data: Any) -> None:
    assert "Expected" in refusal(ALL, data)


def test_a_form_without_fields_takes_nothing() -> None:
    assert defaults(form()) == {}
    assert "no fields" in refusal(form(), {"a": 1})


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(["chu", "doan", "so", "ngay", "co", "chon"]), values))
def test_whatever_passes_is_plain_json_that_can_be_stored(data: dict[str, Any]) -> None:
    try:
        taken = validate(ALL, data)
    except BadInputError:
        return
    text = json.dumps(taken, allow_nan=False, ensure_ascii=False)
    assert "\0" not in text
    text.encode("utf-8")
    assert validate(ALL, taken) == taken


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ([], "no list 'fields'"),
        ({"fields": {}}, "no list 'fields'"),
        ({"fields": []}, "no text 'title'"),
        ({"title": "T", "fields": [], "x": 1}, "'x' is not a part"),
        (form(field("Tên")), "lower-case"),
        (form(field("typename")), "reserved"),
        (form(field("len")), "reserved"),
        (form(field("true")), "reserved"),
        (form(field(kind="file")), "type"),
        (form(field(), field()), "twice"),
        (form(field(kind="select")), "needs options"),
        (form(field(kind="select", options=["a", "a"])), "same value"),
        (form(field(kind="select", options=[1])), "no text as value"),
        (form(field(kind="select", options=["a"], default="b")), "default"),
        (form(field(options=["a"])), "only a select"),
        (form(field(kind="number", default="x")), "default"),
        (form(field(required="yes")), "required"),
        (form({"name": "a", "type": "text"}), "label"),
        (form(field(pattern=".*")), "'pattern' is not a part"),
        ({"title": "T", "fields": ["a"]}, "no object"),
        (form(*(field(f"a{n}") for n in range(61))), "more than 60"),
    ],
)
def test_a_form_that_is_wrong_says_why(wrong: Any, told: str) -> None:
    with pytest.raises(BadInputError, match="Expected a form") as refused:
        read_form(json.dumps(wrong).encode())
    assert told in refused.value.message


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b'{"title": NaN}', b"[" * 5000])
def test_a_form_that_is_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(BadInputError, match="Expected a form"):
        read_form(data)
