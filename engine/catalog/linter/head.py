"""A diagram meant for the office carries one procedure's head, complete and readable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.catalog.finding import Blocks, Code, Severity
from engine.catalog.linter.rule import Rule, procedures

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.catalog.diagram import Diagram
    from engine.catalog.finding import Finding

_NONE = Code(
    "no-procedure-head",
    Severity.WARNING,
    "Sơ đồ không có thông tin thủ tục (mc:procedure), nên chỉ kiểm tra được hình vẽ.",
    "The diagram has no procedure head (mc:procedure), so only its drawing was checked.",
    blocks=Blocks.PUBLISH,
    hint="Thêm mc:procedure với mã, tên, lĩnh vực, cấp, tổng thời gian, căn cứ và chế độ.",
)
_MANY = Code(
    "procedure-head-many",
    Severity.ERROR,
    "Nhiều quy trình trong tệp cùng có thông tin thủ tục.",
    "Several processes of the file carry a procedure head.",
    blocks=Blocks.PUBLISH,
    hint="Mỗi tệp chỉ giữ một thủ tục.",
)
_CODE = Code(
    "procedure-code-missing",
    Severity.ERROR,
    "Thủ tục không có mã.",
    "The procedure has no code.",
    blocks=Blocks.PUBLISH,
    hint="Điền mã thủ tục hành chính, ví dụ 2.000908.",
)
_NAME = Code(
    "procedure-name-missing",
    Severity.ERROR,
    "Thủ tục không có tên.",
    "The procedure has no name.",
    blocks=Blocks.PUBLISH,
    hint="Điền tên thủ tục như quyết định công bố.",
)
_REGIME = Code(
    "regime-unknown",
    Severity.ERROR,
    "Chế độ pháp lý của thủ tục không có hoặc không biết.",
    "The procedure's regime is missing or unknown.",
    blocks=Blocks.PUBLISH,
    rule="R1",
    hint="Chọn một trong QD93_2007, QD09_2015, ND61, ND118, ND118_309.",
)
_REGIMES: Final = frozenset({"QD93_2007", "QD09_2015", "ND61", "ND118", "ND118_309"})


def check(diagram: Diagram) -> Iterable[Finding]:
    """Whether there is exactly one head, and what it lacks."""
    headed = procedures(diagram)
    if not headed:
        yield _NONE.found(
            diagram.processes[0].id if diagram.processes else None,
            "Sơ đồ không có mc:procedure: chạy thử được, nhưng không ban hành được.",
            "The diagram has no mc:procedure: it can be tried, but not published.",
        )
    for process in headed[1:]:
        yield _MANY.found(
            process.id,
            f"Quy trình “{process.name or process.id}” là thủ tục thứ hai trong cùng tệp.",
            f"The process '{process.name or process.id}' is a second procedure in one file.",
        )
    for process in headed:
        head = process.extension
        if head is None:
            continue
        if not head.code:
            yield _CODE.found(
                process.id,
                f"Thủ tục “{head.name or process.id}” không có mã (code).",
                f"The procedure '{head.name or process.id}' has no code.",
            )
        if not head.name:
            yield _NAME.found(
                process.id,
                f"Thủ tục {head.code or process.id} không có tên (name).",
                f"The procedure {head.code or process.id} has no name.",
            )
        if head.regime not in _REGIMES:
            yield _REGIME.found(
                process.id,
                f"Chế độ pháp lý “{head.regime}” không có trong danh mục.",
                f"The regime '{head.regime}' is not a known one.",
            )


RULE = Rule("procedure-head", check, (_NONE, _MANY, _CODE, _NAME, _REGIME))
