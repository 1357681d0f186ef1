"""What a rehearsal found, as a document: JSON, CSV, pictures and one HTML page, written whole."""

from __future__ import annotations

import csv
import html
import io
import json
import math
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.reports.counts import RULES, Rate
from engine.reports.measures import DEFINITION
from engine.reports.rounding import percent
from simulations.errors import ScenarioError
from simulations.findings.pictures import heat_map, interval_plot, line_chart, week_chart

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulations.experiment import Bottleneck, Comparison, Experiment
    from simulations.intervals import Estimate

PNG_WIDTH = 1440
"""Pixels."""
NAMES = {
    "R_solved": "Trả trước và đúng hạn trên số đã giải quyết (R_solved)",
    "R_received": "Đúng hạn trên số tiếp nhận (R_received)",
    "R_766": "Tiến độ theo QĐ 766 (R_766)",
    "lead_mean_days": "Thời gian giải quyết trung bình (ngày)",
    "lead_p50_days": "Một nửa số hồ sơ xong trong (ngày)",
    "lead_p90_days": "90 % số hồ sơ xong trong (ngày)",
    "lead_p95_days": "95 % số hồ sơ xong trong (ngày)",
    "lead_mean": "Thời gian giải quyết trung bình (ngày)",
    "lead_p50": "Một nửa số hồ sơ xong trong (ngày)",
    "lead_p90": "90 % số hồ sơ xong trong (ngày)",
    "lead_p95": "95 % số hồ sơ xong trong (ngày)",
    "working_lead_mean_days": "Thời gian giải quyết trung bình (ngày làm việc 8 giờ)",
    "same_day_share": "Trả kết quả trong ngày tiếp nhận",
    "on_the_spot_share": "Giải quyết theo “5 tại chỗ”",
    "on_the_spot_same_day_share": "“5 tại chỗ” trả trong ngày",
    "staff_dong_per_case": "Chi phí công chức một hồ sơ (đồng)",
    "compliance_dong_per_case": "Chi phí tuân thủ một hồ sơ (đồng)",
}
SHARES = frozenset(
    {"R_solved", "R_received", "R_766", "same_day_share", "on_the_spot_share",
     "on_the_spot_same_day_share"}
)  # fmt: skip
PREFIXES = {
    "utilisation": "Mức bận rộn của nhóm",
    "queue_mean": "Hồ sơ chờ trung bình ở",
    "queue_most": "Hồ sơ chờ nhiều nhất ở",
}


def document(
    found: Experiment,
    comparison: Comparison | None = None,
    bottlenecks: tuple[Bottleneck, ...] = (),
) -> dict[str, Any]:
    """Everything as plain JSON values; what has no interval says why.

    The three rates are those of `engine.reports.measures` over all replications together. An
    on-time rate below 100 % is never printed as 100. Legal: R49, R52, R56
    """
    scenario, runs = found.scenario, found.runs
    total = runs[0].cases
    for run in runs[1:]:
        total = total + run.cases
    made: dict[str, Any] = {
        "scenario": scenario.name,
        "about": scenario.about,
        "changes": list(scenario.changes_made),
        "sources": list(scenario.sources),
        "assumptions": list(scenario.assumptions),
        "replications": len(runs),
        "first_seed": runs[0].seed,
        "confidence": found.confidence,
        "from": scenario.window.first_on.isoformat(),
        "to": scenario.window.last_on.isoformat(),
        "definition": DEFINITION,
        "rounding": {
            name: f"{rule.rounding} to {rule.decimals} digits" for name, rule in RULES.items()
        },
        "cases_per_replication": sum(run.solved for run in runs) / len(runs),
        "rates": {rate.name: rate.as_json() for rate in total.rates()},
        "estimates": {name: _estimate(each) for name, each in found.estimates.items()},
        "procedures": [
            {
                "key": procedure.key,
                "name": procedure.name,
                "solved": sum(r.solved_by_procedure[number] for r in runs),
                "rates": {rate.name: rate.as_json() for rate in _procedure_rates(found, number)},
            }
            for number, procedure in enumerate(scenario.procedures)
        ],
        "late_by_holder": _late(found),
        "steps": list(_steps(found)),
        "people": list(_people(found)),
    }
    if comparison is not None:
        made["compared_with"] = comparison.base.scenario.name
        made["differences"] = {
            name: _estimate(each) for name, each in comparison.differences.items()
        }
        made["time_cut_percent"] = {
            "mean_of_procedures": _number(comparison.time_cut_mean_percent),
            "aggregate": _number(comparison.time_cut_aggregate_percent),
        }
    if bottlenecks:
        made["bottlenecks"] = [
            {"group": each.group, "roles": each.role, "gain": _estimate(each.gain)}
            for each in bottlenecks
        ]
    return made


def _procedure_rates(found: Experiment, number: int) -> tuple[Rate, ...]:
    total = found.runs[0].by_procedure[number]
    for run in found.runs[1:]:
        total = total + run.by_procedure[number]
    return total.rates()


def _estimate(found: Estimate) -> dict[str, Any]:
    return {
        "value": _number(found.value),
        "low": _number(found.low),
        "high": _number(found.high),
        "refused": found.refused,
    }


def _number(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else float(value)


def _late(found: Experiment) -> list[dict[str, Any]]:
    sums: dict[str, int] = {}
    for run in found.runs:
        for role, count in zip(found.model.roles, run.late_by_role, strict=True):
            sums[role] = sums.get(role, 0) + count
    ranked = sorted(sums.items(), key=lambda each: (-each[1], each[0]))
    return [{"role": role, "late": count} for role, count in ranked if count]


def _steps(found: Experiment) -> Iterator[dict[str, Any]]:
    runs = found.runs
    for number, (procedure, node) in enumerate(found.model.nodes):
        done = sum(run.step_done[number] for run in runs)
        started = sum(run.step_started[number] for run in runs)
        if not started:
            continue
        yield {
            "procedure": found.scenario.procedures[procedure].key,
            "step": node.element,
            "name": node.name,
            "done": done,
            "late": sum(run.step_late[number] for run in runs),
            "waited_minutes": sum(run.step_waited[number] for run in runs) / started / 60,
            "waited_working_minutes": sum(run.step_waited_working[number] for run in runs)
            / started
            / 60,
            "worked_minutes": sum(run.step_worked[number] for run in runs) / max(done, 1) / 60,
        }


def _people(found: Experiment) -> Iterator[dict[str, Any]]:
    model = found.model
    for person, group in enumerate(model.people.group_of):
        whole = found.available[person]
        busy = sum(run.busy[person] for run in found.runs) / len(found.runs)
        yield {
            "group": model.groups[group].key,
            "person": person - int(model.people.groups[group, 1]) + 1,
            "utilisation": busy / whole if whole else None,
        }


# -- files -----------------------------------------------------------------------


def write_report(
    folder: Path,
    found: Experiment,
    comparison: Comparison | None = None,
    bottlenecks: tuple[Bottleneck, ...] = (),
    *,
    png: bool = False,
) -> None:
    """Write the report into a folder: all of it or nothing, also when somebody breaks it off.

    `png`: each picture also as PNG.

    Raises:
        ScenarioError: the folder holds something that is not a report.
    """
    if folder.exists() and (
        not folder.is_dir() or (any(folder.iterdir()) and not (folder / "report.json").exists())
    ):
        raise ScenarioError(
            f"Expected a new folder or that of an earlier report, but {folder} is neither"
        )
    files = files_of(found, comparison, bottlenecks)
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        for name, text in files.items():
            (beside / name).write_text(text, encoding="utf-8")
            if png and name.endswith(".svg"):
                (beside / name).with_suffix(".png").write_bytes(_png(text))
        beside.chmod(0o755)
        old = folder.with_name(f"{beside.name}.old")
        if folder.exists():
            folder.replace(old)
        beside.replace(folder)
        shutil.rmtree(old, ignore_errors=True)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def _png(svg: str) -> bytes:
    # The drawing library and its fonts are loaded only when they are asked for.
    from engine.catalog.picture import png_of  # noqa: PLC0415 (see above)

    return png_of(svg.encode(), width=PNG_WIDTH)


def files_of(
    found: Experiment,
    comparison: Comparison | None = None,
    bottlenecks: tuple[Bottleneck, ...] = (),
) -> dict[str, str]:
    """Names and texts of the report's files."""
    made = document(found, comparison, bottlenecks)
    pictures = {f"{name}.svg": text for name, text in _pictures(found, comparison).items()}
    return {
        "report.json": json.dumps(made, ensure_ascii=False, indent=1),
        "estimates.csv": _csv(made),
        "steps.csv": _table_csv(made["steps"]),
        "report.html": page(made, pictures),
        **pictures,
    }


def _csv(made: dict[str, Any]) -> str:
    rows = [{"figure": name, **each} for name, each in made["estimates"].items()]
    rows += [
        {"figure": f"difference:{name}", **each}
        for name, each in made.get("differences", {}).items()
    ]
    return _table_csv(rows)


def _table_csv(rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    if rows:
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return text.getvalue()


def _pictures(found: Experiment, comparison: Comparison | None) -> dict[str, str]:
    runs, roles = found.runs, found.model.roles
    days = sum(run.queue_by_day for run in runs) / len(runs)
    hours = sum(run.busy_hours for run in runs) / len(runs)
    week = sum(run.queue_by_week for run in runs) / len(runs)
    busiest = [int(k) for k in days.max(axis=0).argsort()[::-1][:6]]
    people = [
        sum(group.count for group in found.scenario.staff if role in group.roles) for role in roles
    ]
    pictures = {
        "queues": line_chart(
            "Hồ sơ chờ, nhiều nhất mỗi ngày",
            {roles[k]: days[:, k].tolist() for k in busiest},
            x_name="ngày trong kỳ",
        ),
        "queues_week": week_chart(
            "Hồ sơ chờ trung bình theo giờ trong tuần",
            {roles[k]: week[:, k].tolist() for k in busiest},
        ),
        "busy": heat_map(
            "Mức bận rộn theo vai trò và giờ",
            list(roles),
            [f"{hour}h" for hour in range(6, 19)],
            [
                [hours[hour, k] / max(people[k], 1) for hour in range(6, 19)]
                for k in range(len(roles))
            ],
        ),
    }
    named = [_named_rate(found)]
    if comparison is not None:
        base = comparison.base
        named.insert(0, _named_rate(base))
    pictures["on_time"] = interval_plot("Trả trước và đúng hạn (R_solved)", named)
    return pictures


def _named_rate(found: Experiment) -> tuple[str, Estimate, str]:
    each = found.estimates["R_solved"]
    return found.scenario.name, each, shown("R_solved", _estimate(each), None)[0]


def page(made: dict[str, Any], pictures: dict[str, str]) -> str:
    """The report as one printable HTML page that needs nothing else."""
    text = html.escape
    parts = [
        "<!doctype html><html lang='vi'><meta charset='utf-8'>",
        f"<title>{text(made['scenario'])}</title><style>{_STYLE}</style>",
        f"<h1>{text(made['scenario'])}</h1><p>{text(made['about'])}</p>",
        f"<p>Kỳ {made['from']} đến {made['to']}; {made['replications']} lần chạy, ",
        f"mầm {made['first_seed']}; khoảng tin cậy {made['confidence']:.0%}.</p>",
    ]
    if made["changes"]:
        parts.append(f"<h2>Thay đổi so với gốc</h2>{_list(made['changes'])}")
    parts.append("<h2>Kết quả</h2><table><tr><th>Chỉ tiêu</th><th>Giá trị</th><th>Khoảng</th></tr>")
    parts.extend(
        f"<tr><td>{text(label(name))}</td>"
        + "".join(f"<td>{text(cell)}</td>" for cell in shown(name, each, made["rates"].get(name)))
        + "</tr>"
        for name, each in made["estimates"].items()
    )
    parts.append("</table>")
    if "differences" in made:
        parts.append(
            f"<h2>So với “{text(made['compared_with'])}”</h2><table><tr><th>Chỉ tiêu</th>"
            "<th>Chênh lệch</th><th>Khoảng</th></tr>"
        )
        parts.extend(
            f"<tr><td>{text(label(name))}</td>"
            + "".join(f"<td>{text(cell)}</td>" for cell in shown(name, each, None, signed=True))
            + "</tr>"
            for name, each in made["differences"].items()
        )
        cut = made["time_cut_percent"]
        parts.append(
            "</table><p>Thời gian giải quyết giảm: trung bình các thủ tục "
            f"{_vn(cut['mean_of_procedures'], 1)} %, tính chung {_vn(cut['aggregate'], 1)} %.</p>"
        )
    parts.extend(
        f"<p>Thêm một người vào nhóm <b>{text(each['group'])}</b> có lợi nhất: tỷ lệ đúng hạn "
        f"{shown('R_solved', each['gain'], None, signed=True)[0]}.</p>"
        for each in made.get("bottlenecks", ())[:1]
    )
    parts.extend(f"<figure>{pictures[name]}</figure>" for name in pictures)
    if made["late_by_holder"]:
        rows = "".join(
            f"<tr><td>{text(each['role'])}</td><td>{each['late']}</td></tr>"
            for each in made["late_by_holder"]
        )
        parts.append(
            "<h2>Hồ sơ quá hạn nằm ở đâu khi hết hạn</h2><table><tr><th>Vai trò</th>"
            f"<th>Hồ sơ (mọi lần chạy)</th></tr>{rows}</table>"
        )
    parts.append(f"<h2>Nguồn</h2>{_list(made['sources'])}<h2>Giả định</h2>")
    parts.append(_list(made["assumptions"]))
    parts.append(
        "<p>Cách làm tròn: "
        + "; ".join(f"{name}: {rule}" for name, rule in made["rounding"].items())
        + ".</p></html>"
    )
    return "".join(parts)


def label(name: str) -> str:
    """A figure's name for people."""
    prefix, _, rest = name.partition(":")
    return f"{PREFIXES[prefix]} {rest}" if rest else NAMES.get(name, name)


def shown(
    name: str, each: dict[str, Any], rate: dict[str, Any] | None, *, signed: bool = False
) -> tuple[str, str]:
    """A figure and its interval as people read them; an interval that is refused says why."""
    as_share = name in SHARES or name.startswith("utilisation")
    factor, unit, digits = (100.0, " %", 2) if as_share else (1.0, "", 2)
    if name.endswith("_dong_per_case"):
        digits = 0
    if signed and as_share:
        unit = " điểm %"
    if each["value"] is None:
        return "không có", each["refused"] or ""
    if signed and not as_share and digits and abs(each["value"]) < 1:
        digits += 1  # a difference of some minutes is one
    sign = "+" if signed and each["value"] > 0 else ""
    if rate is not None and rate["percent"] is not None:
        value = str(rate["percent"]).replace(".", ",") + unit
    elif name in SHARES and not signed:
        # Never 100 when it is less, however it is rounded (R52).
        scaled = round(each["value"] * 10**7)
        value = str(percent(scaled, 10**7, RULES["R_solved"])).replace(".", ",") + unit
    else:
        value = sign + _vn(each["value"] * factor, digits) + unit
    if each["low"] is None:
        return value, f"không in khoảng: {each['refused']}"
    more = digits + 1 if as_share else digits
    return value, f"{_vn(each['low'] * factor, more)} đến {_vn(each['high'] * factor, more)}"


def _vn(value: float | None, digits: int) -> str:
    if value is None:
        return "không có"
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def _list(items: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{html.escape(each)}</li>" for each in items) + "</ul>"


_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:.25rem .6rem;"
    "text-align:left}figure{margin:1.5rem 0}svg{max-width:100%;height:auto}"
    "@media print{body{margin:0}}"
)
