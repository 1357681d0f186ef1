"""`motcua init`, `settings`, `doctor`, `backup`, `restore`: the books themselves."""

from __future__ import annotations

from pathlib import Path

import click

from desk.command_line.answer import answer, json_option
from desk.command_line.books import looking, opened
from engine.backup import FilesMissingError, backup_books, restore_books
from engine.cases.training import clock_of
from engine.cases.watch.backup_notes import note_backup
from engine.cases.watch.health import health
from engine.clock import SystemClock
from engine.config import Settings
from engine.database import transaction
from engine.journal.seal import seal_journal
from engine.migrations.upgrade import newest_revision, revision_of, upgrade
from engine.open_office import open_office
from webhooks.endpoints import hold_all


@click.command()
@click.option("--training", is_flag=True, help="A training office with demo staff and own clock.")
@json_option
def init(*, training: bool, as_json: bool) -> None:
    """Create or upgrade the books and load the procedures of bpmn/."""
    with opened() as (settings, books):
        upgrade(books)
        revision = revision_of(books)
        with transaction(books) as db:
            counts = open_office(
                db,
                SystemClock(),
                root=settings.procedures_root,
                training=training,
                revision=str(revision),
            )
        seal_journal(books, settings.anchor_file)
        document = {"database": _without_password(books.url), "training": training, **counts}
    answer(
        document,
        as_json=as_json,
        lines=lambda: [
            f"Đã mở sổ{' huấn luyện' if training else ''}: {document['database']}",
            f"  thủ tục đang có hiệu lực: {counts['versions']}",
        ],
    )


@click.command()
@json_option
def settings(*, as_json: bool) -> None:
    """List every setting with its value, default and meaning."""
    current = Settings.from_env()
    items = [
        {
            "name": f"MOTCUA_{name.upper()}",
            "value": _masked(str(getattr(current, name))),
            "default": str(field.default),
            "help": field.description,
        }
        for name, field in Settings.model_fields.items()
    ]
    answer(
        {"items": items},
        as_json=as_json,
        lines=lambda: [f"{i['name']} = {i['value']}\n    {i['help']}" for i in items],
    )


@click.command()
@json_option
def doctor(*, as_json: bool) -> None:
    """How the office is: schema, calendar, due timers, incidents, journal."""
    with looking() as (db, clock):
        document = health(db, clock)
    answer(
        document,
        as_json=as_json,
        lines=lambda: [f"{key}: {value}" for key, value in document.items()],
    )


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def backup(*, file: Path, as_json: bool) -> None:
    """Copy the books while the office works; the copy is checked before it is kept."""
    with opened() as (settings, books):
        document = backup_books(books, file, files=settings.attachments_folder)
        if document["revision"] == newest_revision():  # older books are copied, not written
            with transaction(books) as db:
                note_backup(
                    db,
                    clock_of(db),
                    file=file,
                    taken_at=SystemClock().now(),
                    journal_rows=document["journal_rows"],
                )
            seal_journal(books, settings.anchor_file)
    answer(document, as_json=as_json, lines=lambda: [f"Đã sao lưu vào {file}"])


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def restore(*, file: Path, as_json: bool) -> None:
    """Put a backup in place of empty books; existing ones are never overwritten."""
    with opened() as (settings, books):
        document = restore_books(file, books, files=settings.attachments_folder)
        with transaction(books) as db:
            held = hold_all(db, why="sổ được khôi phục từ bản sao lưu")
    document["held_endpoints"] = held
    lost = document["files_missing"]
    if lost:
        raise FilesMissingError(
            f"Expected every file of a case beside {file}, but {len(lost)} are lost or damaged: "
            "the books and the other files are restored",
            missing=lost,
        )
    answer(document, as_json=as_json, lines=lambda: _restored(file, held))


def _restored(file: Path, held: list[str]) -> list[str]:
    lines = [f"Đã khôi phục từ {file}"]
    if held:
        lines.append(
            f"  chưa gửi gì cho {', '.join(held)}: kiểm tra rồi bật lại bằng 'motcua hooks enable'"
        )
    return lines


def _masked(value: str) -> str:
    if "://" not in value:
        return value
    from sqlalchemy.engine import make_url  # noqa: PLC0415 (only for addresses)

    return _without_password(make_url(value))


def _without_password(url: object) -> str:
    return url.render_as_string(hide_password=True)  # type: ignore[attr-defined,no-any-return]
