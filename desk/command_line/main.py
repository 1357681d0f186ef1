"""The `motcua` command: finds the group, loads only what it needs, and answers refusals."""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

import click

from engine.errors import OfficeError

COMMANDS = {
    "run": "desk.command_line.serving:run",
    "serve": "desk.command_line.serving:serve",
    "init": "desk.command_line.office:init",
    "user": "desk.command_line.user:user",
    "settings": "desk.command_line.office:settings",
    "doctor": "desk.command_line.office:doctor",
    "backup": "desk.command_line.office:backup",
    "restore": "desk.command_line.office:restore",
    "letter-templates": "desk.command_line.letter_templates:letter_templates",
    "due": "desk.command_line.due:due",
    "training": "desk.command_line.training:training",
    "procedure": "desk.command_line.procedure:procedure",
    "case": "desk.command_line.case:case",
    "worklist": "desk.command_line.worklist:worklist",
    "inbox": "desk.command_line.inbox:inbox",
    "notices": "desk.command_line.inbox:notices",
    "escalation": "desk.command_line.inbox:escalation",
    "scheduler": "desk.command_line.scheduler:scheduler",
    "measure": "desk.command_line.measure:measure",
    "report": "desk.command_line.report:report",
    "rollup": "desk.command_line.rollup:rollup",
    "simulate": "desk.command_line.simulate:simulate",
    "journal": "desk.command_line.journal:journal",
    "courier": "desk.command_line.courier:courier",
    "hooks": "desk.command_line.hooks:hooks",
    "staff": "desk.command_line.staff:staff",
    "calibrate": "desk.command_line.calibrate:calibrate",
    "staffing": "desk.command_line.staffing:staffing",
    "forecast": "desk.command_line.forecast:forecast",
    "rehearse": "desk.command_line.rehearse:rehearse",
}
"""Command → where it lives; imported when called, so that `due` starts without the database."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """All commands, in the order a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command by its name."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, name = place.split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def motcua() -> None:
    """Một Cửa: the office of a one-stop shop (bộ phận một cửa)."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; refusals are one line and an exit code, never a traceback."""
    given = sys.argv[1:] if arguments is None else arguments
    as_json = "--json" in given
    try:
        # What a command leaves with by `ctx.exit` is given back, not raised.
        left = motcua.main(args=given, prog_name="motcua", standalone_mode=False)
        if isinstance(left, int) and left:
            sys.exit(left)
    except OfficeError as refusal:
        details = refusal.details or {}
        _refuse(refusal.code, refusal.message, details, as_json=as_json)
        sys.exit(1)
    except click.UsageError as wrong:
        _refuse("usage", _usage(wrong), {}, as_json=as_json)
        sys.exit(2)
    except click.exceptions.Exit as leave:
        sys.exit(leave.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _refuse(
            "aborted", "Expected to run to the end, but it was interrupted", {}, as_json=as_json
        )
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:  # noqa: BLE001 (the last place before the user: no traceback)
        _refuse("internal", _internal(error), {}, as_json=as_json)
        sys.exit(1)


def _usage(wrong: click.UsageError) -> str:
    hint = (
        f"motcua {wrong.ctx.command_path.removeprefix('motcua').strip()}" if wrong.ctx else "motcua"
    )
    return f"Expected '{hint.strip()} …' as its --help says, but {wrong.format_message()}"


def _internal(error: Exception) -> str:
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    where = ""
    if frame is not None:
        name = frame.tb_frame.f_globals.get("__name__", "?")
        where = f" in {name}, line {frame.tb_lineno}"
    return f"Expected to finish, but {type(error).__name__}: {error}{where}; nothing was saved"


def _refuse(code: str, message: str, details: dict[str, Any], *, as_json: bool) -> None:
    line = " ".join(message.split())
    click.echo(f"error: {code}: {line}", err=True)
    if as_json:
        document = {"error": {"code": code, "message": line, "details": details}}
        click.echo(json.dumps(document, ensure_ascii=False, default=str))


if __name__ == "__main__":
    main()
