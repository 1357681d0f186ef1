"""Activities have names, and a name begins with what is done (động từ)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.catalog.diagram import ACTIVITIES
from engine.catalog.finding import Code, Severity
from engine.catalog.linter.rule import Rule
from engine.catalog.linter.standing import is_step
from engine.catalog.linter.words import folded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.catalog.diagram import Diagram
    from engine.catalog.finding import Finding

_MISSING = Code(
    "name-missing",
    Severity.NOTE,
    "Hoạt động không có tên.",
    "An activity has no name.",
    hint="Đặt tên bắt đầu bằng động từ, ví dụ “Thẩm định hồ sơ”.",
)
_NO_VERB = Code(
    "name-without-verb",
    Severity.NOTE,
    "Tên bước không bắt đầu bằng động từ.",
    "A step's name does not begin with a verb.",
    hint="Viết việc phải làm: “Thẩm định hồ sơ” thay cho “Hồ sơ”.",
)
_VERB_SYLLABLES: Final = """
an ban bao bien bo boc cap cham chia chinh cho chot chuan chuyen cong cu cung dang danh dat dau de
dieu do doc doi don dong du duyet gap ghi giai giam gia giao goi gui hen hoan hoi hop huong huy in
kem ket khac khao kham khoi ki kich kiem ky lam lap lay len lien luan luu mo moi nen ngan nghiem
nghien nhac nhan nhap niem nop phan phat phe phoi quet quyet ra rut sao so soan soat sua tach tai
tam tao tap tham thanh thao thay theo thiet thong thu thuc thue tich tien tiep tim tinh to tong tra
trao trich trien trinh truy tu tuyen vao ve viet vo xac xem xep xet xin xoa xu xuat yeu
"""
"""The first syllables of the verbs that the annexes of decisions begin their steps with."""
_VERBS: Final = frozenset(_VERB_SYLLABLES.split())


def check(diagram: Diagram) -> Iterable[Finding]:
    """Which activities lack a name; which steps of a procedure do not begin with a verb."""
    for process in diagram.processes:
        for node in process.nodes.values():
            if node.kind not in ACTIVITIES:
                continue
            if not node.name:
                yield _MISSING.found(
                    node.id,
                    f"Hoạt động {node.id} không có tên.",
                    f"The activity {node.id} has no name.",
                )
            elif process.extension is not None and is_step(node) and not _begins_well(node.name):
                yield _NO_VERB.found(
                    node.id,
                    f"Tên bước “{node.name}” không bắt đầu bằng động từ.",
                    f"The step's name '{node.name}' does not begin with a verb.",
                )


def _begins_well(name: str) -> bool:
    words = folded(name).split()
    return bool(words) and words[0] in _VERBS


RULE = Rule("naming", check, (_MISSING, _NO_VERB))
