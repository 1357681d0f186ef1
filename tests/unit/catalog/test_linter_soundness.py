"""The token game: what can get stuck, doubled or lost is found with the way there."""

from __future__ import annotations

import random

import pytest
from bpmn_texts import (
    assembled,
    bare,
    chain,
    end,
    flow,
    gateway,
    lawful,
    lawful_parts,
    node,
    start,
    step,
    task,
    timer,
)
from linter_findings import codes, found
from table_texts import CATALOGUE

from engine.catalog.diagram import read_diagram
from engine.catalog.linter import lint_bytes, soundness
from engine.catalog.linter.token_game import Game

TERMINATE = "<terminateEventDefinition/>"
SOUND = {code.code for code in soundness.RULE.codes}


def split_and_join(split: str, join: str, *, extra: str = "") -> bytes:
    conditions = split != "parallelGateway"
    return bare(
        start(), gateway("tach", split), task("a"), task("b"), gateway("ghep", join), task("c"),
        end(), extra, chain("bat_dau", "tach"),
        flow("tach", "a", "x == 1" if conditions else ""),
        flow("tach", "b", "x == 2" if conditions else ""),
        chain("a", "ghep"), chain("b", "ghep", "c", "ket_thuc"),
    )  # fmt: skip


def test_a_choice_joined_by_a_parallel_gateway_is_a_deadlock_with_its_way() -> None:
    (finding,) = found(split_and_join("exclusiveGateway", "parallelGateway"), "token-deadlock")
    details = dict(finding.details)
    assert finding.element_id == "ghep"
    assert details["path"] == ["bat_dau", "tach", "a", "ghep"]
    assert details["waiting"] == ["ghep"]
    assert {"f_bat_dau_tach", "f_tach_a", "f_a_ghep"} <= set(details["elements"])  # type: ignore[call-overload]


def test_parallel_branches_joined_by_a_choice_double_a_step() -> None:
    data = split_and_join("parallelGateway", "exclusiveGateway")
    assert [f.element_id for f in found(data, "token-doubled")] == ["ghep"]


@pytest.mark.parametrize(
    ("split", "join"),
    [
        ("parallelGateway", "parallelGateway"),
        ("exclusiveGateway", "exclusiveGateway"),
        ("inclusiveGateway", "inclusiveGateway"),
        ("parallelGateway", "inclusiveGateway"),
        ("exclusiveGateway", "inclusiveGateway"),
    ],
)
def test_gateways_that_fit_are_sound(split: str, join: str) -> None:
    assert not codes(split_and_join(split, join)) & SOUND


def test_an_inclusive_split_joined_by_a_parallel_gateway_is_a_deadlock() -> None:
    assert "token-deadlock" in codes(split_and_join("inclusiveGateway", "parallelGateway"))


def test_work_cut_off_by_an_end_of_everything_is_told() -> None:
    data = bare(
        start(), gateway("tach", "parallelGateway"), task("a"), task("b"), task("b2"),
        end("het", TERMINATE), end(), chain("bat_dau", "tach", "a", "het"),
        chain("tach", "b", "b2", "ket_thuc"),
    )  # fmt: skip
    assert "token-lost" in codes(data)


def test_an_end_of_everything_alone_is_sound() -> None:
    data = bare(start(), task("a"), end("het", TERMINATE), chain("bat_dau", "a", "het"))
    assert not codes(data) & SOUND


def test_an_interrupting_timer_that_leaves_a_join_waiting_is_a_deadlock() -> None:
    data = bare(
        start(), gateway("tach", "parallelGateway"), task("a"), task("b"),
        gateway("ghep", "parallelGateway"), end(),
        node("boundaryEvent", "het_gio", timer("x"), attachedToRef="a"), end("bo"),
        chain("bat_dau", "tach", "a", "ghep", "ket_thuc"), chain("tach", "b", "ghep"),
        chain("het_gio", "bo"),
    )  # fmt: skip
    assert "token-deadlock" in codes(data)


def test_a_deadlock_inside_a_subprocess_is_found_there() -> None:
    inner = node(
        "subProcess", "con", start("vao"), gateway("t"), task("p"), task("q"),
        gateway("g", "parallelGateway"), end("ra"), flow("t", "p", "x == 1"), flow("t", "q"),
        chain("vao", "t"), chain("p", "g", "ra"), chain("q", "g"),
    )  # fmt: skip
    data = bare(start(), inner, end(), chain("bat_dau", "con", "ket_thuc"))
    assert [f.element_id for f in found(data, "token-deadlock")] == ["g"]


def test_a_loop_around_parallel_branches_is_sound() -> None:
    data = bare(
        start(), gateway("vao"), gateway("tach", "parallelGateway"), task("a"), task("b"),
        gateway("ghep", "parallelGateway"), gateway("lai", default="f_lai_ket_thuc"), end(),
        chain("bat_dau", "vao", "tach", "a", "ghep", "lai", "ket_thuc"), chain("tach", "b", "ghep"),
        flow("lai", "vao", "x == 1"),
    )  # fmt: skip
    assert not codes(data) & SOUND


@pytest.mark.parametrize("code", sorted(path.name for path in CATALOGUE.iterdir()))
def test_every_procedure_of_the_catalogue_always_ends(code: str) -> None:
    process = read_diagram((CATALOGUE / code / f"{code}.bpmn").read_bytes()).processes[0]
    game = Game(process, process.id)
    assert game.search(game.starts()).always_ends


def wide(branches: int, length: int) -> bytes:
    """Parallel branches of steps with a choice in each: many markings, were all orders tried."""
    parts = [start(), gateway("tach", "parallelGateway"), gateway("ghep", "parallelGateway"), end()]
    parts += [chain("bat_dau", "tach"), chain("ghep", "ket_thuc")]
    for branch in range(branches):
        names = [f"n{branch}_{at}" for at in range(length)]
        parts += [task(name) for name in names]
        parts.append(chain("tach", *names, "ghep"))
    return bare(*parts)


def test_a_hundred_elements_in_parallel_branches_need_few_markings() -> None:
    process = read_diagram(wide(8, 12)).processes[0]
    game = Game(process, process.id)
    outcome = game.search(game.starts())
    assert outcome.always_ends
    assert outcome.states < 200


def test_what_is_too_large_to_search_is_told_and_nothing_is_claimed() -> None:
    process = read_diagram(wide(8, 12)).processes[0]
    game = Game(process, process.id)
    outcome = game.search(game.starts(), most=10)
    assert not outcome.complete
    assert not outcome.always_ends


# A hundred broken diagrams: each fault is planted in the lawful procedure by a part of its own.


def _role(parts: dict[str, str]) -> None:
    parts["tham_dinh"] = parts["tham_dinh"].replace(' role="chuyen_vien"', "")


def _limit(parts: dict[str, str]) -> None:
    parts["ky"] = parts["ky"].replace(' limit="2wd"', "")


def _late(parts: dict[str, str]) -> None:
    parts["tham_dinh"] = parts["tham_dinh"].replace('limit="5wd"', 'limit="9wd"')


def _basis(parts: dict[str, str]) -> None:
    parts["head"] = parts["head"].replace('basis="NĐ 280/2025/NĐ-CP" ', "")


def _name(parts: dict[str, str]) -> None:
    parts["ky"] = parts["ky"].replace("Ký kết quả", "Hồ sơ trình")


def _timer(parts: dict[str, str]) -> None:
    parts["xin_loi_tre_han"] = parts["xin_loi_tre_han"].replace(
        "quyet_dinh_xin_loi", "khong_co_ten_nay"
    )


def _island(parts: dict[str, str]) -> None:
    parts["after"] += (
        step("hoang", "Thẩm định lại", "examine", "chuyen_vien", "1wh")
        + end("het_hoang", name="Đã trả kết quả")
        + chain("hoang", "het_hoang")
    )


def _form(parts: dict[str, str]) -> None:
    parts["xin_loi_tre_han"] = parts["xin_loi_tre_han"].replace(
        'name="Ký thư xin lỗi"', 'name="Ký thư xin lỗi (Mẫu 04 TT 01/2018/TT-VPCP)"'
    )


def _deadlock(parts: dict[str, str]) -> None:
    parts["after"] += gateway("ket", "parallelGateway")
    parts["f_ky"] = chain("ket_luan", "ky", "ket", "tra_ket_qua", "ket_thuc")
    parts["f_bo_sung"] = parts["f_bo_sung"].replace(
        'id="f_cho_bo_sung_tham_dinh" sourceRef="cho_bo_sung" targetRef="tham_dinh"',
        'id="f_cho_bo_sung_ket" sourceRef="cho_bo_sung" targetRef="ket"',
    )


def _idle(parts: dict[str, str]) -> None:
    parts["after"] += node(
        "boundaryEvent", "vo_ich", timer("quyet_dinh_xin_loi"), attachedToRef="tra_ket_qua",
        cancelActivity="false",
    ) + end("het_vo_ich", name="Đã trả kết quả") + chain("vo_ich", "het_vo_ich")  # fmt: skip


FAULTS = {
    "step-without-role": _role,
    "step-without-limit": _limit,
    "steps-exceed-limit": _late,
    "basis-missing": _basis,
    "name-without-verb": _name,
    "timer-name-undeclared": _timer,
    "element-unreachable": _island,
    "form-of-another-regime": _form,
    "token-deadlock": _deadlock,
    "timer-never-fires": _idle,
}
FOLLOW = {
    "timer-name-undeclared": {"named-limit-unused"},
    "token-deadlock": {"supplement-without-return"},
}
"""What a fault brings with it by its nature."""


def planted(number: int) -> set[str]:
    chance = random.Random(number)
    return set(chance.sample(sorted(FAULTS), chance.randint(1, 4)))


@pytest.mark.parametrize("number", range(100))
def test_all_planted_faults_are_found_and_no_others(number: int) -> None:
    parts = lawful_parts()
    wanted = planted(number)
    before = {f.code for f in lint_bytes(lawful())}
    for code in sorted(wanted):
        FAULTS[code](parts)
    got = {f.code for f in lint_bytes(assembled(parts))}
    allowed = before.union(wanted, *(FOLLOW.get(code, set()) for code in wanted))
    if wanted & {"steps-exceed-limit", "step-without-limit"}:
        allowed |= {"steps-below-limit"}
        before -= {"steps-below-limit"}
    assert wanted <= got, f"not found: {wanted - got}"
    assert got <= allowed, f"found besides: {got - allowed}"


def test_a_timer_on_a_step_that_is_late_by_itself_is_no_fault() -> None:
    parts = lawful_parts()
    _idle(parts)
    parts["after"] = parts["after"].replace('attachedToRef="tra_ket_qua"', 'attachedToRef="ky"')
    assert "timer-never-fires" not in codes(assembled(parts))


def test_r8_a_form_of_its_own_regime_is_no_fault() -> None:
    data = lawful(
        ky=step("ky", "Ký phiếu kiểm soát (Mẫu số 06)", "sign", "lanh_dao", "2wd"),
    )
    assert "form-of-another-regime" not in codes(data)
    old = lawful(
        ky=step("ky", "Ký phiếu kiểm soát (Mẫu số 05)", "sign", "lanh_dao", "2wd"),
    )
    assert "form-of-another-regime" in codes(old)
