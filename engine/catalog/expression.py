"""The language of expressions in diagrams: a small part of Python that can harm nobody."""

from __future__ import annotations

import ast
import math
import warnings
from typing import ClassVar, Final

from engine.errors import BadInputError

MAX_CHARACTERS: Final = 1_000
MAX_PARTS: Final = 200
MAX_INTEGER: Final = 10**18
MAX_SCRIPT_LINES: Final = 50

FUNCTIONS: Final = frozenset(
    {"len", "min", "max", "abs", "round", "int", "float", "str", "bool", "sum", "any", "all"}
)
CONSTANTS: Final = {"true": True, "false": False, "null": None}

_PLAIN: Final = (
    ast.Expression,
    ast.Load,
    ast.BoolOp,
    ast.And,
    ast.Or,
    ast.UnaryOp,
    ast.Not,
    ast.UAdd,
    ast.USub,
    ast.BinOp,
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.FloorDiv,
    ast.Mod,
    ast.Compare,
    ast.Eq,
    ast.NotEq,
    ast.Lt,
    ast.LtE,
    ast.Gt,
    ast.GtE,
    ast.In,
    ast.NotIn,
    ast.IfExp,
    ast.List,
    ast.Tuple,
    ast.Set,
)
_NAMED: Final = {
    ast.Attribute: "a dot after a value",
    ast.Lambda: "a lambda",
    ast.ListComp: "a comprehension",
    ast.SetComp: "a comprehension",
    ast.DictComp: "a comprehension",
    ast.GeneratorExp: "a generator",
    ast.JoinedStr: "an f-string",
    ast.NamedExpr: "an assignment inside an expression",
    ast.Pow: "a power",
    ast.LShift: "a shift",
    ast.RShift: "a shift",
    ast.BitAnd: "a bit operation",
    ast.BitOr: "a bit operation",
    ast.BitXor: "a bit operation",
    ast.Invert: "a bit operation",
    ast.MatMult: "a matrix product",
    ast.Slice: "a slice",
    ast.Starred: "an unpacked list",
    ast.Await: "await",
    ast.Yield: "yield",
    ast.YieldFrom: "yield",
    ast.Is: "'is' with something else than None, True or False",
    ast.IsNot: "'is' with something else than None, True or False",
}


class ExpressionRefusedError(BadInputError):
    """An expression is not of the small language that diagrams may use."""

    code: ClassVar[str] = "expression_refused"


def parse_expression(text: str) -> ast.expr:
    """The checked tree of one expression; nothing is evaluated.

    At most 1,000 characters, 200 parts, integers up to 10^18; constants, names, comparisons,
    and/or/not/in, + - * / // %, subscripts, lists, choices, and calls of the named functions.

    Raises:
        ExpressionRefusedError: the text is outside that language.
    """
    _check_text(text)
    tree = _parsed(text.strip(), "eval", text)
    if not isinstance(tree, ast.Expression):  # for the type checker: `eval` gives one
        raise _refusal(text, "it is not an expression")
    _check_tree(tree.body, text)
    return tree.body


def parse_script(text: str) -> tuple[tuple[str, ast.expr], ...]:
    """The assignments `name = expression` of a script task, in order; nothing else is allowed.

    Raises:
        ExpressionRefusedError: a line is anything but such an assignment.
    """
    lines = [line.strip() for line in text.strip().splitlines()]
    _check_text(text, limit=MAX_CHARACTERS * 4)
    if len(lines) > MAX_SCRIPT_LINES:
        raise _refusal(text, f"it has more than {MAX_SCRIPT_LINES} lines")
    tree = _parsed("\n".join(lines), "exec", text)
    found: list[tuple[str, ast.expr]] = []
    for statement in getattr(tree, "body", ()):
        if (
            not isinstance(statement, ast.Assign)
            or len(statement.targets) != 1
            or not isinstance(statement.targets[0], ast.Name)
        ):
            raise _refusal(text, "a line is not of the form name = expression")
        name = statement.targets[0].id
        if name.startswith("__") or name in FUNCTIONS or name in CONSTANTS:
            raise _refusal(text, f"the name {name!r} is taken")
        _check_tree(statement.value, text)
        found.append((name, statement.value))
    return tuple(found)


def _check_text(text: str, limit: int = MAX_CHARACTERS) -> None:
    if len(text) > limit:
        raise _refusal(text, f"it is longer than {limit} characters")
    stripped = text.strip()
    if not stripped:
        raise _refusal(text, "it is empty")
    if stripped.startswith(("${", "#{")):
        raise _refusal(text, "${…} belongs to other engines; write the expression alone")


def _parsed(code: str, mode: str, text: str) -> ast.AST:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(code, mode=mode)
    except SyntaxError as cause:
        raise _refusal(text, f"it cannot be read ({cause.msg})") from cause
    except (ValueError, MemoryError, RecursionError) as cause:
        raise _refusal(text, "it cannot be read") from cause


def _check_tree(root: ast.AST, text: str) -> None:
    parts = 0
    waiting: list[ast.AST] = [root]
    while waiting:
        node = waiting.pop()
        parts += 1
        if parts > MAX_PARTS:
            raise _refusal(text, f"it has more than {MAX_PARTS} parts")
        waiting.extend(_checked_children(node, text))


def _checked_children(node: ast.AST, text: str) -> list[ast.AST]:
    if isinstance(node, ast.Constant):
        _check_constant(node.value, text)
        return []
    if isinstance(node, ast.Name):
        if node.id.startswith("__"):
            raise _refusal(text, f"the name {node.id!r} is not allowed")
        if node.id in FUNCTIONS:
            raise _refusal(text, f"the function {node.id} is not called")
        return []
    if isinstance(node, ast.Call):
        if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
            called = node.func.id if isinstance(node.func, ast.Name) else "something else"
            raise _refusal(text, f"it calls {called}; allowed are {', '.join(sorted(FUNCTIONS))}")
        if node.keywords:
            raise _refusal(text, "a call has a named argument")
        return list(node.args)
    if isinstance(node, ast.Subscript):
        return [node.value, node.slice]
    if isinstance(node, ast.Dict):
        if any(key is None for key in node.keys):
            raise _refusal(text, "it unpacks a mapping")
        return [*(key for key in node.keys if key is not None), *node.values]
    if isinstance(node, ast.Compare):
        _check_identity(node, text)
        return [node.left, *node.comparators]
    if isinstance(node, (ast.BinOp, ast.UnaryOp)):
        _check_operands(node, text)
    if isinstance(node, _PLAIN):
        return list(ast.iter_child_nodes(node))
    raise _refusal(text, f"it has {_NAMED.get(type(node), type(node).__name__)}")


def _check_operands(node: ast.BinOp | ast.UnaryOp, text: str) -> None:
    if isinstance(node, ast.BinOp):
        sums = isinstance(node.op, ast.Add)
        operands: tuple[ast.expr, ...] = () if sums else (node.left, node.right)
    else:
        operands = () if isinstance(node.op, ast.Not) else (node.operand,)
    for operand in operands:
        is_text = isinstance(operand, ast.Constant) and isinstance(operand.value, (str, bytes))
        if is_text or isinstance(operand, (ast.List, ast.Tuple, ast.Dict, ast.Set)):
            raise _refusal(text, "it reckons with a text or a list")


def _check_identity(node: ast.Compare, text: str) -> None:
    for operator, right in zip(node.ops, node.comparators, strict=True):
        if isinstance(operator, (ast.Is, ast.IsNot)):
            plain = isinstance(right, ast.Constant) and (
                right.value is None or isinstance(right.value, bool)
            )
            if not plain:
                raise _refusal(text, _NAMED[ast.Is])


def _check_constant(value: object, text: str) -> None:
    if value is None or isinstance(value, (bool, str)):
        return
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise _refusal(text, "it has a number above 10^18")
        return
    if isinstance(value, float):
        if not math.isfinite(value):
            raise _refusal(text, "it has a number that is not finite")
        return
    raise _refusal(text, f"it has a {type(value).__name__}")


def _refusal(text: str, reason: str) -> ExpressionRefusedError:
    shown = text.strip()
    if len(shown) > 80:  # noqa: PLR2004 - as much as fits a line of an error
        shown = shown[:77] + "…"
    return ExpressionRefusedError(
        f"Expected an expression such as ket_luan == 'dat', but in {shown!r} {reason}",
        reason=reason,
    )
