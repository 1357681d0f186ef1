"""A case in readable Vietnamese lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desk.command_line.wording import day_and_hour

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VERDICTS = {"early": "trước hạn", "on_time": "đúng hạn", "late": "quá hạn"}


def summary_lines(case: Mapping[str, Any]) -> Iterator[str]:
    """Where the case stands and what to do next."""
    yield f"{case['number']}  {case['procedure_name']}"
    yield f"  Trạng thái: {case['status']} {case['status_name']}"
    if case["due_at"]:
        yield f"  Hạn trả: {day_and_hour(case['due_at'])}"
        if case["appointed_at"] != case["due_at"]:
            yield f"  Hẹn lại: {day_and_hour(case['appointed_at'])}"
    for step in case["open_steps"]:
        due = f", hạn {day_and_hour(step['due_at'])}" if step["due_at"] else ""
        who = step["officer"] or step["unit"] or step["role"] or "ai cũng được"
        yield f"  → {step['step_id']}: {step['name']} ({who}{due})"


def show_lines(case: Mapping[str, Any]) -> Iterator[str]:
    """Everything, in the order a clerk reads it."""
    yield from summary_lines(case)
    yield f"  Chủ hồ sơ: {case['owner']}"
    if case["verdict"]:
        yield f"  Kết quả: {VERDICTS[case['verdict']]} (xong {day_and_hour(case['finished_at'])})"
    if case["late_cause"]:
        yield f"  Nguyên nhân chậm: {case['late_cause']} {case['late_cause_text'] or ''}".rstrip()
    if case["ledger"]:
        yield "Vì sao ngày này?"
        for line in case["ledger"]:
            yield f"  {day_and_hour(line['from'])} – {day_and_hour(line['to'])}: {line['why']}"
    for title, key, show in (
        ("Tạm dừng", "holds", _hold),
        ("Lấy ý kiến", "consultations", _consultation),
        ("Văn bản", "documents", _letter),
        ("Luân chuyển", "legs", _leg),
        ("Nhật ký", "journal", _entry),
    ):
        if case[key]:
            yield f"{title}:"
            for row in case[key]:
                yield f"  {show(row)}"


def _hold(row: Mapping[str, Any]) -> str:
    until = day_and_hour(row["closed_at"]) if row["closed_at"] else "chưa xong"
    return f"{row['kind']}: {day_and_hour(row['opened_at'])} – {until}; {row['ground']}"


def _consultation(row: Mapping[str, Any]) -> str:
    return f"{row['agency']}: {row['opinion'] or 'chưa trả lời'}"


def _letter(row: Mapping[str, Any]) -> str:
    return f"{row['number']} ({row['form']}), {day_and_hour(row['issued_at'])}, ký: {row['signer']}"


def _leg(row: Mapping[str, Any]) -> str:
    result = VERDICTS.get(row["result"], "")
    return f"{row['number']}. {row['sender']} → {row['receiver']}: {result}".rstrip(": ")


def _entry(row: Mapping[str, Any]) -> str:
    return f"{row['sequence']:>5} {day_and_hour(row['at'])} {row['type']} ({row['actor']})"


def draft_lines(document: dict[str, Any]) -> list[str]:
    """A drafted apology: what it would say, why, and that nobody has signed it."""
    new_date = document["new_date"]
    lines = [
        f"DỰ THẢO ({document['form']}) {document['title']}: {document['number']}",
        f"  Hẹn trả ban đầu: {day_and_hour(document['original_due_at'])}",
        f"  Lý do: {document['reason']}",
        f"  Nguyên nhân: {document['cause']}",
        f"  Đề nghị hẹn lại: {new_date or 'không, đã hẹn lại một lần'}",
    ]
    lines += [
        f"    còn «{each['name']}»: {each['minutes']} phút ({each['source']})"
        for each in document["ahead"]
    ]
    return [*lines, "  Chưa ký: thêm --signer NGƯỜI_KÝ (không có --draft) để phát hành."]
