"""The pages of reports: who sees what, each figure opens its cases, a closed period stands."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from datetime import date
from typing import TYPE_CHECKING

import pytest

from desk.reports.form_views import FORMS
from engine.cases.intake.refuse_case import refuse_case
from engine.cases.training import clock_of
from engine.clock import SystemClock, office_instant
from engine.database import open_database, reading, transaction
from engine.reports.build import REPORTS, build
from engine.reports.closing import closings_of
from engine.reports.figures import holder_figures, step_figures
from engine.reports.period_data import period_data
from engine.sla.periods import parse_period
from engine.staff.commands import add_agency, add_officer, add_unit, grant_role
from tests.builders import TrainingOffice
from tests.databases import copy_of
from tests.visitors import ADMIN, CLERK, HEAD, LEADER, SPECIALIST, DeskOffice, Visitor, new_desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LINK = re.compile(r'<a class="govuk-link" href="(/reports/[^"]*cases\?[^"]+)">([\d.]+)</a>')
_ROW = re.compile(r'data-row="([^"]+)"')
_NEXT = re.compile(r'href="([^"]*sau=[^"]+)"[^>]*>Tìm tiếp')
WINDOW = "ky=2026Q4"


def work(office: TrainingOffice) -> None:
    """Weeks of an office: done early, on the day and late, still open, waiting and withdrawn."""
    for procedure, channel in (("2.000908", "counter"), ("1.009994", "online")):
        office.work_until(office.receive(procedure, channel=channel))
    office.receive("TINH-07", owner="Lò Văn Mơ")
    late = office.receive("1.009994", channel="online")
    office.until("2026-12-10T10:00")
    office.work_until(late)
    office.receive("1.000894")
    office.until("2026-12-18T10:00")


@pytest.fixture(scope="module")
def worked_file(office_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("worked") / "office.db"
    books = open_database(copy_of(office_file, path), lock_wait_seconds=30)
    work(TrainingOffice(books, opened=True))
    books.dispose()
    return path


@pytest.fixture
def worked(worked_file: Path, tmp_path: Path) -> Iterator[DeskOffice]:
    """A desk on a copy of those weeks."""
    books = open_database(copy_of(worked_file, tmp_path / "office.db"), lock_wait_seconds=30)
    yield new_desk(TrainingOffice(books, opened=True), tmp_path)
    books.dispose()


def cases_at(visitor: Visitor, path: str) -> list[str]:
    """The cases of a list, page after page."""
    found: list[str] = []
    while path:
        page = visitor.get(html.unescape(path))
        assert page.status_code == 200, path
        found += _ROW.findall(page.text)
        after = _NEXT.search(page.text)
        path = after[1] if after else ""
    return found


def opened_cells(visitor: Visitor, path: str) -> int:
    """Open every number of a page: as many cases as it says; gives how many numbers there were."""
    page = visitor.get(path)
    assert page.status_code == 200, (path, page.status_code)
    links = _LINK.findall(page.text)
    for href, words in links:
        cases = cases_at(visitor, href)
        assert len(cases) == len(set(cases)) == int(words.replace(".", "")), href
    return len(links)


@pytest.mark.parametrize(
    ("code", "reads", "closes"),
    [
        (CLERK, False, False),
        (SPECIALIST, False, False),
        (HEAD, True, False),
        (LEADER, True, True),
        (ADMIN, True, True),
    ],
)
def test_leaders_heads_and_administrators_read_and_only_two_of_them_close(
    worked: DeskOffice, code: str, *, reads: bool, closes: bool
) -> None:
    person = worked.person(code)
    for path in (
        "/reports",
        "/reports/measures",
        f"/reports/forms/bieu-06?{WINDOW}",
        "/reports/self-score",
        "/reports/simplification",
    ):
        assert person.get(path).status_code == (200 if reads else 403), path
    if reads:
        assert 'href="/reports"' in person.get("/board").text
        assert ("Khóa sổ kỳ này" in person.get(f"/reports/forms/bieu-06?{WINDOW}").text) is closes
    answer = person.post("/reports/forms/bieu-06/close", {"ky": "2026Q4"})
    assert answer.status_code == (302 if closes else 403)
    with reading(worked.books) as db:
        assert len(closings_of(db, parse_period("2026Q4"))) == closes


def test_every_report_of_the_office_has_its_page_and_its_files(worked: DeskOffice) -> None:
    leader = worked.person(LEADER)
    assert set(FORMS) == set(REPORTS)
    for name, form in FORMS.items():
        page = leader.get(f"/reports/forms/{name}?{WINDOW}")
        assert page.status_code == 200, name
        assert str(form.said) in page.text
        assert "Quý IV năm 2026 (từ 15/09/2026 đến hết 14/12/2026)" in page.text
        for kind, starts in (("xlsx", b"PK"), ("pdf", b"%PDF"), ("csv", b"\xef\xbb\xbf")):
            file = leader.get(f"/reports/forms/{name}/file.{kind}?{WINDOW}")
            assert file.data.startswith(starts), (name, kind)
            assert f'filename="{name}-2026Q4.{kind}"' in file.headers["Content-Disposition"]
    assert leader.get(f"/reports/forms/bieu-06/file.exe?{WINDOW}").status_code == 404
    assert leader.get(f"/reports/forms/bieu-99?{WINDOW}").status_code == 404


def test_every_number_of_a_form_opens_as_many_cases(worked: DeskOffice) -> None:
    leader = worked.person(LEADER)
    for by in ("field", "agency", "procedure", "channel"):
        assert opened_cells(leader, f"/reports/forms/bieu-06?{WINDOW}&theo={by}") > 10
    assert opened_cells(leader, f"/reports/forms/07a-btp?{WINDOW}") > 10
    assert opened_cells(leader, f"/reports/forms/nguyen-nhan?{WINDOW}") > 3
    assert opened_cells(leader, f"/reports/forms/qd-766?{WINDOW}") == 6
    assert opened_cells(leader, f"/reports/forms/danh-gia?{WINDOW}") == 1
    assert opened_cells(leader, f"/reports/forms/danh-gia-can-bo?{WINDOW}") > 2
    assert opened_cells(leader, f"/reports/forms/quy-trinh?{WINDOW}") > 3
    assert opened_cells(leader, "/reports/forms/bieu-06?ky=2027Q1") > 5


def test_a_form_without_rows_of_choice_is_closed_once(worked: DeskOffice) -> None:
    leader = worked.person(LEADER)
    for by, status in (("field", 302), ("agency", 409)):
        answer = leader.post("/reports/forms/qd-766/close", {"ky": "2026Q4", "theo": by})
        assert answer.status_code == status
    for by in ("field", "agency"):
        page = leader.get(f"/reports/forms/qd-766?{WINDOW}&theo={by}").text
        assert re.search(r"<code>[0-9a-f]{64}</code>", page)
        assert _LINK.findall(page) == []


@pytest.mark.parametrize(
    "by", ["procedure", "field", "agency", "level", "channel", "month", "period", "officer"]
)
def test_every_number_of_the_measures_opens_as_many_cases(worked: DeskOffice, by: str) -> None:
    assert opened_cells(worked.person(LEADER), f"/reports/measures?ky=2026&theo={by}") > 8


def test_rates_stand_with_their_name_their_parts_and_the_coverage(worked: DeskOffice) -> None:
    page = worked.person(LEADER).get(f"/reports?{WINDOW}").text
    for said in (
        "R_solved = 2 / 3",
        "R_received = 2 / 5",
        "R_766",
        "R_xin_loi",
        "1/1 cơ quan có số liệu",
    ):
        assert said in page
    empty = worked.person(LEADER).get("/reports?ky=2026Q1").text
    assert "không có mẫu số" in empty
    assert "0/1 cơ quan có số liệu" in empty
    assert "100" not in empty[empty.index("<main") : empty.index("Biểu mẫu và sổ")]


def test_what_a_page_reads_of_the_journal_gives_the_report_of_the_whole(
    worked: DeskOffice,
) -> None:
    office = worked.office
    office.receive("2.000908", channel="online", submitted_only=True)
    refused = office.receive("1.009994", channel="online", submitted_only=True)
    office.do(refuse_case, number=refused, reason="sai thẩm quyền")
    with reading(worked.books) as db:
        now = clock_of(db).now()
        for text in ("2026Q4", "2026-11", "2026-12", "2027Q1", "2026", "2026Q2"):
            for name in REPORTS:
                for agency in (None, "H35.12"):
                    sheets = []
                    for most_rows in (None, 10_000):
                        data = period_data(
                            db,
                            parse_period(text),
                            now=now,
                            agency_code=agency,
                            most_rows=most_rows,
                        )
                        sheets.append(build(data, name, keep=True).sheet)
                    assert sheets[0] == sheets[1], (text, name, agency)


def test_cases_of_a_register_open_their_page(worked: DeskOffice) -> None:
    leader = worked.person(LEADER)
    page = leader.get(f"/reports/forms/thu-xin-loi?{WINDOW}").text
    links = re.findall(r'href="(/desk/cases/[^"/]+)"', page)
    assert links
    assert all(leader.get(link).status_code == 200 for link in links)


def test_a_closed_period_stands_and_later_data_is_a_correction(desk: DeskOffice) -> None:
    office = desk.office
    work(office)
    leader = desk.person(LEADER)
    path = f"/reports/forms/bieu-06?{WINDOW}"
    before = _LINK.findall(leader.get(path).text)
    done = leader.submit(path, {"ky": "2026Q4"}, to="/reports/forms/bieu-06/close")
    assert done.status_code == 302
    closed = leader.get(done.headers["Location"]).text
    assert "Đã khóa sổ" in closed
    with reading(desk.books) as db:
        (closing,) = closings_of(db, parse_period("2026Q4"))
    assert closing.closed_by == LEADER
    for said in ("15/09/2026", "14/12/2026", "Định nghĩa số liệu", "Vị trí nhật ký", "Lô niêm"):
        assert said in closed
    assert re.search(r"<code>[0-9a-f]{64}</code>", closed)
    assert "Sau khóa sổ chưa có thay đổi nào" in closed
    assert "đã khóa sổ" in leader.get(f"/reports?{WINDOW}").text

    # A dossier handed over at the post office in the period is written into the books after it.
    handed_over = office_instant("2026-12-11T09:00")
    office.receive("1.009994", channel="postal", handed_over_at=handed_over)
    page = leader.get(path).text
    assert "Điều chỉnh sau khóa sổ" in page
    after = _LINK.findall(page)
    assert [words for _, words in after] == [words for _, words in before]
    assert opened_cells(leader, path) == len(before)
    again = leader.post("/reports/forms/bieu-06/close", {"ky": "2026Q4"})
    assert again.status_code == 409
    assert leader.post("/reports/forms/bieu-06/close", {"ky": "2027Q1"}).status_code == 409


def test_what_is_asked_wrongly_is_one_clear_error(worked: DeskOffice) -> None:
    leader = worked.person(LEADER)
    for query in ("ky=2026Q5", "ky=abc", "ky=2030", "co-quan=H99.99", "ky=2026Q4&theo=weekday"):
        page = leader.get(f"/reports/measures?{query}")
        assert page.status_code == 422, query
        assert "Chưa thực hiện được" in page.text
    for query in ("dong=99&cot=3", "dong=T&cot=99", "dong=T&cot=1", ""):
        path = f"/reports/forms/bieu-06/cases?{WINDOW}&{query}"
        assert leader.get(path).status_code == 422, query
    assert leader.get(f"/reports/forms/thu-xin-loi/cases?{WINDOW}&dong=1&cot=1").status_code == 422
    assert leader.get(f"/reports/measures/cases?{WINDOW}&cot=x").status_code == 422


def test_a_journal_too_long_for_a_page_still_shows_what_was_closed(worked: DeskOffice) -> None:
    leader = worked.person(LEADER)
    path = f"/reports/forms/07a-btp?{WINDOW}"
    assert leader.post("/reports/forms/07a-btp/close", {"ky": "2026Q4"}).status_code == 302
    worked.app.extensions["motcua_settings"] = worked.settings.model_copy(
        update={"page_journal_rows": 5}
    )
    assert "nhật ký quá dài" in leader.get(path).text
    refused = leader.get("/reports/forms/07a-btp?ky=2026")
    assert refused.status_code == 503
    assert "motcua report" in refused.text
    assert leader.post("/reports/forms/danh-gia/close", {"ky": "2026Q4"}).status_code == 503
    with reading(worked.books) as db:
        assert len(closings_of(db, parse_period("2026Q4"))) == 1


def neighbour(desk: DeskOffice) -> Visitor:
    """The leader of another agency, under none of the books' others."""
    with transaction(desk.books) as db:
        clock = SystemClock()
        add_agency(db, clock, code="H35.13", name="Xã bên cạnh", level="xã", by="t")
        add_unit(db, clock, code="ben_canh", name="Một cửa", agency_code="H35.13", by="t")
        since = date(2026, 1, 1)
        add_officer(
            db, clock, code="khac", name="Người khác", unit_code="ben_canh", since=since, by="t"
        )
        for role in ("lanh_dao", "quan_tri"):
            grant_role(db, clock, officer_code="khac", role=role, since=since, by="t")
    return desk.person("khac")


def test_another_agency_sees_figures_of_the_whole_and_no_case(worked: DeskOffice) -> None:
    other = neighbour(worked)
    numbers = cases_at(
        worked.person(LEADER), f"/reports/measures/cases?{WINDOW}&cot=received&co-quan=tat-ca"
    )
    assert len(numbers) == 5
    whole = other.get(f"/reports?{WINDOW}&co-quan=tat-ca").text
    assert "R_received = 2 / 5" in whole
    assert "1/2 cơ quan có số liệu" in whole
    paths = [f"/reports/forms/{name}?{WINDOW}&co-quan=tat-ca" for name in FORMS]
    paths += [f"/reports/forms/{name}/file.csv?{WINDOW}&co-quan=tat-ca" for name in FORMS]
    for form in ("bieu-06", "07a-btp", "nguyen-nhan"):
        links = _LINK.findall(other.get(f"/reports/forms/{form}?{WINDOW}&co-quan=tat-ca").text)
        paths += [html.unescape(href) for href, _ in links]
    paths += [
        f"/reports/self-score?{WINDOW}&co-quan=tat-ca",
        f"/reports/measures?{WINDOW}&theo=officer&co-quan=tat-ca",
        f"/reports/measures/cases?{WINDOW}&cot=received&co-quan=tat-ca",
        "/reports/event-log/log.xes",
        "/reports/event-log/log.csv",
    ]
    for path in paths:
        page = other.get(path)
        assert page.status_code == 200, path
        assert [number for number in numbers if number in page.text] == [], path
    score = other.get(f"/reports/self-score/file.zip?{WINDOW}&co-quan=tat-ca").data
    with zipfile.ZipFile(io.BytesIO(score)) as bundle:
        said = "".join(bundle.read(name).decode() for name in bundle.namelist())
    assert [number for number in numbers if number in said] == []
    assert other.get(f"/reports?{WINDOW}&co-quan=H35.12").status_code == 422
    closed = other.post("/reports/forms/bieu-06/close", {"ky": "2026Q4", "co-quan": "tat-ca"})
    assert closed.status_code == 403


def test_the_self_score_comes_with_its_evidence(worked: DeskOffice) -> None:
    leader = worked.person(LEADER)
    assert "1-giai-quyet.csv" in leader.get(f"/reports/self-score?{WINDOW}").text
    score = leader.get(f"/reports/self-score/file.zip?{WINDOW}")
    with zipfile.ZipFile(io.BytesIO(score.data)) as bundle:
        manifest = json.loads(bundle.read("manifest.json"))
        assert set(manifest["files"]) == {*bundle.namelist()} - {"manifest.json"}
        assert len(bundle.read("1-giai-quyet.csv").decode().splitlines()) == 1 + 3
    assert leader.get(f"/reports/self-score/file.pdf?{WINDOW}").data.startswith(b"%PDF")


def test_what_a_simplification_saves_is_counted_from_what_is_typed(worked: DeskOffice) -> None:
    leader = worked.person(LEADER)
    path = "/reports/simplification"
    assert "7.124.335.344 đ" in leader.get(path).text
    costs = {
        "thu-tuc": "1.009994",
        "thu-nhap": "36.000",
        "1.009994.truoc.gio": "10",
        "1.009994.truoc.phi": "40.000",
        "1.009994.sau.gio": "5,5",
        "1.009994.sau.phi": "2.000",
        "1.009994.so-lan": "100",
    }
    page = leader.post(path, costs)
    assert page.status_code == 200
    for said in ("400.000", "200.000", "50,00", "20.000.000", "36.000 đ (khai báo)"):
        assert said in page.text
    file = leader.post(path, {**costs, "dang": "xlsx"})
    assert file.data.startswith(b"PK")
    for name, typed in (("1.009994.sau.phi", "hai nghìn"), ("thu-nhap", "-1"), ("thu-nhap", "")):
        wrong = leader.post(path, {**costs, name: typed})
        assert wrong.status_code == 422
        assert "govuk-error-summary" in wrong.text
        assert 'value="5,5"' in wrong.text
    assert leader.post(path, {"thu-tuc": "X"}).status_code == 422
    assert leader.get(f"{path}?thu-tuc=X").status_code == 422


def test_event_logs_are_those_of_ones_own_cases(worked: DeskOffice) -> None:
    leader = worked.person(LEADER)
    numbers = cases_at(leader, f"/reports/measures/cases?{WINDOW}&cot=received")
    for kind in ("xes", "csv"):
        log = leader.get(f"/reports/event-log/log.{kind}")
        assert log.status_code == 200
        assert [number for number in numbers if number not in log.text] == []
    assert leader.get("/reports/event-log/log.exe").status_code == 404


@pytest.mark.parametrize("by", ["step", "unit", "role", "officer", "procedure", "agency"])
def test_time_of_steps_and_of_late_cases_is_that_of_the_journal(
    worked: DeskOffice, by: str
) -> None:
    page = worked.person(LEADER).get(f"/reports/steps?{WINDOW}&theo={by}")
    assert page.status_code == 200
    period = parse_period("2026Q4")
    days = {"first": period.first_on, "last": period.last_on}
    with reading(worked.books) as db:
        clock = clock_of(db)
        rows = step_figures(db, clock, **days, by=by)
        held = holder_figures(db, clock, **days)
    table = page.text[page.text.index("desk-sheet") : page.text.index('id="held"')]
    counted = re.findall(r"<small[^>]*>([\d.]+) / ([\d.]+)</small>", table)
    rates = [row["rates"]["R_step"] for row in rows]
    assert counted == [(str(rate["numerator"]), str(rate["denominator"])) for rate in rates]
    assert f"{held['late_cases']} hồ sơ quá hạn" in page.text
    for percent in held["percent"].values():
        assert f">{percent:,.1f}".replace(".", ",") + "<" in page.text
    assert "b01_" not in table


def test_another_agency_sees_no_steps_of_foreign_cases(worked: DeskOffice) -> None:
    other = neighbour(worked)
    own = other.get(f"/reports/steps?{WINDOW}").text
    assert "Không có bước nào hoàn thành" in own
    whole = other.get(f"/reports/steps?{WINDOW}&theo=unit&co-quan=tat-ca").text
    assert "R_step" in whole
    named = other.get(f"/reports/steps?{WINDOW}&theo=officer&co-quan=tat-ca").text
    assert "Không có bước nào hoàn thành" in named
    assert other.get("/reports/steps?theo=weekday").status_code == 422
