"""Evaluates the expressions of diagrams without ever running Python code."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, ClassVar, Final

from engine.catalog.expression import (
    CONSTANTS,
    FUNCTIONS,
    MAX_INTEGER,
    parse_expression,
    parse_script,
)
from engine.errors import OfficeError

MAX_LENGTH: Final = 10_000
"""Characters of a text and items of a list that an expression may make."""
_MAX_NUMERAL: Final = 40
_MAX_PLACES: Final = 15

Names = Mapping[str, Any]
Step = Callable[[Names], Any]


class ExpressionFailedError(OfficeError):
    """An expression has no value with these data: a name is missing, a type does not fit."""

    code: ClassVar[str] = "expression_failed"


class NameMissingError(ExpressionFailedError):
    """An expression asks for a value that the case does not have."""

    code: ClassVar[str] = "value_missing"


def evaluate(text: str, names: Names) -> Any:
    """The value of an expression; `names` are the case's values.

    Raises:
        ExpressionRefusedError: the text is outside the language of diagrams.
        ExpressionFailedError: it has no value with these names.
    """
    try:
        return _compiled(text)(names)
    except ExpressionFailedError as failure:
        raise type(failure)(f"{failure.message} in {text.strip()!r}") from failure
    except RecursionError as cause:
        raise ExpressionFailedError(f"Expected flat values, but {text!r} nests them") from cause


def holds(text: str, names: Names) -> bool:
    """Whether a condition is true; a text as answer is refused, since "false" would count as true.

    Raises:
        ExpressionRefusedError: the text is outside the language of diagrams.
        ExpressionFailedError: it has no yes-or-no value with these names.
    """
    value = evaluate(text, names)
    if isinstance(value, str):
        raise ExpressionFailedError(
            f"Expected {text.strip()!r} to be true or false, but it is the text {value[:40]!r}"
        )
    return bool(value)


def run_script(text: str, names: Names) -> dict[str, Any]:
    """The values that a script's lines `name = expression` give, later lines seeing earlier ones.

    Raises:
        ExpressionRefusedError: a line is anything else.
        ExpressionFailedError: an expression has no value with these names.
    """
    made: dict[str, Any] = {}
    for name, step in _compiled_script(text):
        made[name] = step({**names, **made})
    return made


@lru_cache(maxsize=4096)
def _compiled(text: str) -> Step:
    return _step(parse_expression(text))


@lru_cache(maxsize=256)
def _compiled_script(text: str) -> tuple[tuple[str, Step], ...]:
    return tuple((name, _step(tree)) for name, tree in parse_script(text))


def _step(node: ast.expr) -> Step:
    maker = _MAKERS.get(type(node))
    if maker is None:  # the parser lets nothing else through
        raise ExpressionFailedError(f"Expected a plain expression, but found {type(node).__name__}")
    return maker(node)


def _constant(node: Any) -> Step:
    value = node.value
    return lambda _names: value


def _name(node: Any) -> Step:
    name = node.id
    if name in CONSTANTS:
        constant = CONSTANTS[name]
        return lambda _names: constant

    def look_up(names: Names) -> Any:
        try:
            return names[name]
        except KeyError:
            raise NameMissingError(f"Expected a value named {name!r}, but there is none") from None

    return look_up


def _choice(node: Any) -> Step:
    test, then, other = _step(node.test), _step(node.body), _step(node.orelse)
    return lambda names: then(names) if test(names) else other(names)


def _boolean(node: Any) -> Step:
    steps = [_step(value) for value in node.values]
    stops_at = isinstance(node.op, ast.Or)

    def run(names: Names) -> Any:
        value: Any = None
        for step in steps:
            value = step(names)
            if bool(value) is stops_at:
                return value
        return value

    return run


def _unary(node: Any) -> Step:
    operand = _step(node.operand)
    if isinstance(node.op, ast.Not):
        return lambda names: not operand(names)
    sign = -1 if isinstance(node.op, ast.USub) else 1
    return lambda names: sign * _number(operand(names))


def _binary(node: Any) -> Step:
    left, right = _step(node.left), _step(node.right)
    if isinstance(node.op, ast.Add):
        return lambda names: _sum(left(names), right(names))
    run = _ARITHMETIC[type(node.op)]

    def compute(names: Names) -> Any:
        first, second = _number(left(names)), _number(right(names))
        try:
            return _bounded(run(first, second))
        except (ZeroDivisionError, OverflowError):
            raise ExpressionFailedError(
                "Expected a number as the result, but the sum cannot be done"
            ) from None

    return compute


def _comparison(node: Any) -> Step:
    left = _step(node.left)
    links = [
        (_COMPARISONS[type(op)], _step(right))
        for op, right in zip(node.ops, node.comparators, strict=True)
    ]

    def run(names: Names) -> bool:
        value = left(names)
        for compare, right in links:
            other = right(names)
            try:
                result = compare(value, other)
            except TypeError:
                raise ExpressionFailedError(
                    f"Expected values that can be compared, but got {_kind(value)} "
                    f"and {_kind(other)}"
                ) from None
            if not result:
                return False
            value = other
        return True

    return run


def _subscript(node: Any) -> Step:
    value, index = _step(node.value), _step(node.slice)

    def run(names: Names) -> Any:
        holder, key = value(names), index(names)
        if not isinstance(holder, (dict, list, tuple, str)):
            raise ExpressionFailedError(f"Expected a list or a mapping, but got {_kind(holder)}")
        try:
            return holder[key]
        except (KeyError, IndexError, TypeError):
            raise NameMissingError(f"Expected an entry {key!r}, but there is none") from None

    return run


def _sequence(node: Any) -> Step:
    steps = [_step(each) for each in node.elts]
    if isinstance(node, ast.Set):

        def collect(names: Names) -> Any:
            try:
                return frozenset(step(names) for step in steps)
            except TypeError:
                raise ExpressionFailedError("Expected plain values in a set") from None

        return collect
    return lambda names: [step(names) for step in steps]


def _mapping(node: Any) -> Step:
    steps = [(_step(k), _step(v)) for k, v in zip(node.keys, node.values, strict=True)]

    def run(names: Names) -> dict[Any, Any]:
        try:
            return {key(names): value(names) for key, value in steps}
        except TypeError:
            raise ExpressionFailedError("Expected plain values as keys") from None

    return run


def _call(node: Any) -> Step:
    function = _FUNCTIONS[node.func.id]
    steps = [_step(argument) for argument in node.args]
    name = node.func.id

    def run(names: Names) -> Any:
        arguments = [step(names) for step in steps]
        try:
            return _bounded(function(*arguments))
        except (TypeError, ValueError, OverflowError):
            raise ExpressionFailedError(
                f"Expected arguments that {name} can use, but got "
                f"{', '.join(_kind(each) for each in arguments) or 'none'}"
            ) from None

    return run


def _kind(value: object) -> str:
    return "nothing" if value is None else type(value).__name__


def _number(value: Any) -> Any:
    if not isinstance(value, (int, float)):
        raise ExpressionFailedError(f"Expected a number, but got {_kind(value)}")
    return value


def _sum(left: Any, right: Any) -> Any:
    if isinstance(left, str) and isinstance(right, str):
        return _bounded(left + right)
    if isinstance(left, list) and isinstance(right, list):
        return _bounded(left + right)
    return _bounded(_number(left) + _number(right))


def _bounded(value: Any) -> Any:
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        raise ExpressionFailedError("Expected a number up to 10^18, but the result is larger")
    if isinstance(value, float) and not math.isfinite(value):
        raise ExpressionFailedError("Expected a finite number, but the result is not")
    if isinstance(value, (str, list)) and len(value) > MAX_LENGTH:
        raise ExpressionFailedError(f"Expected at most {MAX_LENGTH} items, but there are more")
    return value


def _as_integer(value: Any) -> int:
    if isinstance(value, str) and len(value) > _MAX_NUMERAL:
        raise ValueError(value)
    return int(value)


def _as_float(value: Any) -> float:
    if isinstance(value, str) and len(value) > _MAX_NUMERAL:
        raise ValueError(value)
    return float(value)


def _rounded(value: Any, places: Any = None) -> Any:
    if places is None:
        return round(_number(value))
    if not isinstance(places, int) or abs(places) > _MAX_PLACES:
        raise ValueError(places)
    return round(_number(value), places)


def _as_text(value: Any) -> str:
    if not isinstance(value, (str, int, float)) and value is not None:
        raise TypeError
    return str(value)


def _total(values: Any) -> Any:
    return sum(_number(each) for each in values)


def _length(value: Any) -> int:
    return len(value)


_ARITHMETIC: Final[Mapping[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_COMPARISONS: Final[Mapping[type[ast.cmpop], Callable[[Any, Any], bool]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda left, right: operator.contains(right, left),
    ast.NotIn: lambda left, right: not operator.contains(right, left),
}
_FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "len": _length,
    "min": min,
    "max": max,
    "abs": abs,
    "round": _rounded,
    "int": _as_integer,
    "float": _as_float,
    "str": _as_text,
    "bool": bool,
    "sum": _total,
    "any": any,
    "all": all,
}
_MAKERS: Final[Mapping[type[ast.expr], Callable[[Any], Step]]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.IfExp: _choice,
    ast.BoolOp: _boolean,
    ast.UnaryOp: _unary,
    ast.BinOp: _binary,
    ast.Compare: _comparison,
    ast.Subscript: _subscript,
    ast.List: _sequence,
    ast.Tuple: _sequence,
    ast.Set: _sequence,
    ast.Dict: _mapping,
    ast.Call: _call,
}

if set(_FUNCTIONS) != FUNCTIONS:  # the two lists are one promise
    raise AssertionError("Expected every allowed function to be defined, but one is missing")
