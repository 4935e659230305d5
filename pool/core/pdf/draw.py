"""From pages to a plain PDF: ReportLab sets the type, with marks around what belongs together.

The structure those marks refer to is added afterwards by `tags`.
"""

import io
import threading
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from pool.core.pdf.document import Document
from pool.core.pdf.fonts import Faces, load
from pool.core.pdf.lines import legible, plain
from pool.core.pdf.pages import Book, Bookmark, Page, Words
from pool.core.pdf.rows import GREY, MM, RULE, TEAL, Sheet, Writer
from pool.core.pdf.structure import Element

# A TTFont of ReportLab is not for two documents at the same time (its docstring says so).
_ONE_AT_A_TIME = threading.Lock()

_SIZE = 8.5


@dataclass(frozen=True, slots=True)
class Drawn:
    """A PDF with marked content, and what is still to be added to it."""

    content: bytes
    pages: int
    root: Element
    bookmarks: list[Bookmark]


@dataclass(frozen=True, slots=True)
class Labels:
    """The small print of each page, cut to fit."""

    reference: str
    title: str


def draw(document: Document, fonts: Path) -> Drawn:
    with _ONE_AT_A_TIME:
        faces = load(fonts)
        sheet = Sheet(document.landscape)
        writer = Writer(sheet, faces)
        book = Book(sheet)
        book.write(writer.document(document))
        buffer = io.BytesIO()
        # No compression here: the last step compresses, so equal bytes hang on one library only.
        canvas = Canvas(
            buffer,
            pagesize=(sheet.width, sheet.height),
            invariant=1,
            pageCompression=0,
            initialFontName=faces.name(False, False),
        )
        labels = Labels(
            _shortened(document.reference, faces, sheet.measure * 0.75),
            _shortened(document.title, faces, sheet.measure),
        )
        for number, page in enumerate(book.pages):
            _page(canvas, page)
            _furniture(canvas, sheet, faces, number, len(book.pages), labels)
            canvas.showPage()
        canvas.save()
    return Drawn(buffer.getvalue(), len(book.pages), writer.root, book.bookmarks)


def _page(canvas: Any, page: Page) -> None:
    if page.shapes:
        canvas.addLiteral("/Artifact <</Type /Layout>> BDC")
        for shape in page.shapes:
            canvas.setFillColorRGB(*shape.colour)
            canvas.rect(shape.x, shape.y, shape.width, shape.height, stroke=0, fill=1)
        canvas.addLiteral("EMC")
    for mark, group in groupby(page.words, key=lambda words: words.mark):
        for at, words in enumerate(group):
            if at == 0:
                canvas.addLiteral("/Artifact BMC" if mark is None else f"/{words.role} <</MCID {mark}>> BDC")
            _words(canvas, words)
        canvas.addLiteral("EMC")


def _words(canvas: Any, words: Words) -> None:
    piece = words.piece
    canvas.setFillColorRGB(*words.colour)
    canvas.setFont(Faces.name(piece.bold, piece.italic), words.size)
    if piece.actual is not None:
        real = piece.actual.encode("utf-16-be").hex().upper()
        canvas.addLiteral(f"/Span <</ActualText <FEFF{real}>>> BDC")
    canvas.drawString(words.x, words.y, piece.shown)
    if piece.actual is not None:
        canvas.addLiteral("EMC")


def _furniture(canvas: Any, sheet: Sheet, faces: Faces, number: int, count: int, labels: Labels) -> None:
    """What comes back on every page and is no part of the text."""
    foot = 13 * MM
    page = f"Pagina {number + 1} van {count}"
    canvas.addLiteral("/Artifact <</Type /Pagination /Subtype /Footer>> BDC")
    canvas.setFillColorRGB(*RULE)
    canvas.rect(sheet.left, foot + 13, sheet.measure, 0.5, stroke=0, fill=1)
    canvas.setFillColorRGB(*GREY)
    canvas.setFont(faces.name(False, False), _SIZE)
    canvas.drawString(sheet.right - faces.measure(page, _SIZE), foot, page)
    canvas.drawString(sheet.left, foot, labels.reference)
    canvas.addLiteral("EMC")
    canvas.addLiteral("/Artifact <</Type /Pagination /Subtype /Header>> BDC")
    canvas.setFillColorRGB(*TEAL)
    canvas.rect(0, sheet.height - 3 * MM, sheet.width, 3 * MM, stroke=0, fill=1)
    if number:
        canvas.setFillColorRGB(*GREY)
        canvas.drawString(sheet.left, sheet.height - 16 * MM, labels.title)
    canvas.addLiteral("EMC")


def _shortened(text: str, faces: Faces, room: float) -> str:
    """One line of small print; what does not fit ends in an ellipsis."""
    line = "".join(shown for shown, _ in legible(plain(text), faces))
    used = 0.0
    for at, char in enumerate(line):
        used += faces.measure(char, _SIZE)
        if used > room:
            return line[: max(0, at - 2)].rstrip() + "…"
    return line
