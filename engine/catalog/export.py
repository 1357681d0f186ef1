"""A diagram as the annex of a decision, a table, a picture, or as it stands."""

from __future__ import annotations

from typing import Final

from engine.catalog.drawing import draw_svg
from engine.catalog.picture import png_of
from engine.catalog.table.csv_file import write_table_csv
from engine.catalog.table.office_writer import write_table_docx, write_table_xlsx
from engine.catalog.table.reader import diagram_to_table
from engine.errors import BadInputError

_PICTURE_PIXELS: Final = 2_400
"""Width of a picture: sharp on a page printed across."""

FORMS: Final = ("table.docx", "table.xlsx", "table.csv", "bpmn", "svg", "png")
"""What a diagram can be exported as."""


def exported(bpmn: bytes, *, form: str) -> bytes:
    """The bytes of a diagram in one of FORMS.

    Raises:
        BadInputError: another form is asked for, the diagram has no procedure's head (tables) or
            no layout (pictures).
    """
    match form:
        case "bpmn":
            return bpmn
        case "svg":
            return draw_svg(bpmn)
        case "png":
            return png_of(draw_svg(bpmn), width=_PICTURE_PIXELS)
        case "table.csv":
            return write_table_csv(diagram_to_table(bpmn)).encode()
        case "table.xlsx":
            return write_table_xlsx(diagram_to_table(bpmn))
        case "table.docx":
            picture = png_of(draw_svg(bpmn), width=_PICTURE_PIXELS)
            return write_table_docx(diagram_to_table(bpmn), picture=picture)
        case _:
            raise BadInputError(
                f"Expected the form {', '.join(FORMS)}, but got {form!r}", form=form
            )
