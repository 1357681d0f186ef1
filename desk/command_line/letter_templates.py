"""`motcua letter-templates`: the Word templates of letters, for an office to make its own."""

from __future__ import annotations

from pathlib import Path

import click

from desk.command_line.answer import answer, json_option
from desk.paper.docx_template import BODIES, template_for
from engine.errors import BadInputError


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@json_option
def letter_templates(*, folder: Path, as_json: bool) -> None:
    """Write the templates into FOLDER; edit them in Word, then set MOTCUA_LETTER_TEMPLATES."""
    places = {meaning: folder / f"{meaning}.docx" for meaning in BODIES}
    there = [place.name for place in places.values() if place.exists()]
    if there:
        raise BadInputError(
            f"Expected a folder without {', '.join(there)}, but they are there: nothing was written"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for meaning, place in places.items():
            place.write_bytes(template_for(meaning))
    except OSError as cause:
        raise BadInputError(
            f"Expected a folder to write to, but {folder}: {cause.strerror}"
        ) from cause
    written = [str(place) for place in places.values()]
    answer({"items": written}, as_json=as_json, lines=lambda: written)
