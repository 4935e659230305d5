"""From blocks to rows: every block becomes rows of cells that stand beside each other.

So there is one kind of thing to break over pages. All measures are points; millimetres are converted here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pool.core.pdf.document import (
    Address,
    Block,
    Column,
    Document,
    Facts,
    Heading,
    Items,
    Note,
    PageBreak,
    Paragraph,
    Sender,
    Signature,
    Table,
    Text,
)
from pool.core.pdf.fonts import Faces
from pool.core.pdf.lines import Chunk, Line, chunks, extent, fill, plain, title
from pool.core.pdf.structure import Element

MM = 72 / 25.4

Colour = tuple[float, float, float]


def _colour(code: str) -> Colour:
    red, green, blue = (int(code[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


INK, TEAL, GREY = _colour("111b22"), _colour("0f4c5c"), _colour("45545e")
TINT, RULE = _colour("e7f3f6"), _colour("c1cbd1")


@dataclass(frozen=True, slots=True)
class Style:
    """Letters of `size` points on lines that are `leading` points apart."""

    size: float
    leading: float
    colour: Colour = INK
    bold: bool = False


BODY = Style(10.5, 15)
TERM = Style(10.5, 15, GREY)
CELL = Style(9.5, 13)
CELL_STRONG = Style(9.5, 13, bold=True)
CAPTION = Style(10.5, 15, bold=True)
SMALL = Style(8.5, 11.5, GREY)
NAME = Style(15, 19, TEAL, bold=True)
HEADINGS = {
    1: Style(18, 23, TEAL, bold=True),
    2: Style(13, 18, TEAL, bold=True),
    3: Style(11, 15, bold=True),
}
_ABOVE_HEADING = {1: 10.0, 2: 14.0, 3: 8.0}
_BELOW_HEADING = {1: 10.0, 2: 4.0, 3: 1.0}
_GAP = 12.0
"""White space between two columns of a table."""
_CONTACT = 58 * MM
"""Width of the block with the address and contact of the sender."""


class Sheet:
    """A4, upright or wide, with its margins."""

    def __init__(self, landscape: bool) -> None:
        short, long = 210 * MM, 297 * MM
        self.width, self.height = (long, short) if landscape else (short, long)
        margin = (18 if landscape else 25) * MM
        self.left, self.right = margin, self.width - margin
        self.measure = self.right - self.left
        self.bottom = 24 * MM
        self.first_top = self.height - 17 * MM
        self.top = self.height - 27 * MM


@dataclass(slots=True)
class Cell:
    """Lines of one element, from `x` (seen from the left margin) over `width`. No element: an artifact."""

    element: Element | None
    lines: list[Line]
    style: Style
    x: float
    width: float
    right: bool = False

    def height(self, lines: int | None = None) -> float:
        return (len(self.lines) if lines is None else lines) * self.style.leading


@dataclass(slots=True)
class Row:
    """Cells beside each other.

    `keep` ties the row to the next one, `split` lets it break between lines, `repeat` is drawn again on
    top of each page the row (or its neighbour) flows on to. `not_above` and `not_below` are distances from
    the top of the page that the row begins and ends at, if it can.
    """

    cells: list[Cell]
    before: float = 0.0
    after: float = 0.0
    pad: float = 0.0
    keep: bool = False
    split: bool = False
    new_page: bool = False
    boxed: bool = False
    tint: bool = False
    above: Colour | None = None
    below: Colour | None = None
    repeat: "Row | None" = None
    bookmark: tuple[int, str] | None = None
    not_above: float = 0.0
    not_below: float = 0.0

    def height(self) -> float:
        return max((cell.height() for cell in self.cells), default=0.0) + 2 * self.pad

    def start(self) -> float:
        """The height that a page must have left for the row to begin there."""
        if not self.split:
            return self.height()
        # Of three lines, two and one would leave one alone.
        first = (len(cell.lines) if len(cell.lines) <= 3 else 2 for cell in self.cells)
        heights = (cell.height(lines) for cell, lines in zip(self.cells, first, strict=True))
        return max(heights, default=0.0) + 2 * self.pad


class Writer:
    """Makes rows, and the structure elements they belong to in reading order."""

    def __init__(self, sheet: Sheet, faces: Faces) -> None:
        self.sheet, self.faces = sheet, faces
        self.root = Element("Document")

    def document(self, document: Document) -> Iterator[Row]:
        if document.sender is not None:
            yield self._sender(document.sender)
        fresh, before = False, None
        for block in document.blocks:
            if isinstance(block, PageBreak):
                fresh = True
                continue
            for row in self._block(block):
                if row.cells:
                    row.new_page, fresh = fresh, False
                    if before is not None:
                        # A name alone on a page signs nothing: what stands above it comes along.
                        before.keep = before.keep or isinstance(block, Signature)
                        yield before
                    before = row
        if before is not None:
            yield before

    def _block(self, block: Block) -> Iterator[Row]:
        match block:
            case Heading():
                yield self._heading(block)
            case Paragraph():
                yield Row(self._paragraph(block.text), after=7.5, split=True)
            case Note():
                yield self._note(block.text)
            case Address():
                yield self._address(block)
            case Signature():
                yield from self._signature(block)
            case Items():
                yield from self._items(block)
            case Facts():
                yield from self._facts(block)
            case Table():
                yield from self._table(block)

    def _cell(
        self,
        element: Element | None,
        text: Text,
        style: Style,
        x: float = 0.0,
        width: float | None = None,
    ) -> Cell:
        width = self.sheet.measure - x if width is None else width
        return self._fill(element, self._chunks(text, style), style, x, width)

    def _chunks(self, text: Text, style: Style) -> list[Chunk]:
        return chunks(text, self.faces, style.size, style.bold)

    def _fill(
        self,
        element: Element | None,
        parts: Sequence[Chunk],
        style: Style,
        x: float,
        width: float,
        right: bool = False,
    ) -> Cell:
        return Cell(element, fill(parts, width, self.faces, style.size), style, x, width, right)

    def _paragraph(
        self, text: Text, style: Style = BODY, x: float = 0.0, width: float | None = None
    ) -> list[Cell]:
        """A paragraph as the only cell of a row, or nothing for a text without anything to show."""
        cell = self._cell(None, text, style, x, width)
        if not any(line.pieces for line in cell.lines):
            return []
        cell.element = Element("P", self.root)
        return [cell]

    def _sender(self, sender: Sender) -> Row:
        left = self.sheet.measure - _CONTACT
        name = self._paragraph(sender.name, NAME, 0.0, left - _GAP)
        contact = self._paragraph(sender.contact, SMALL, left, _CONTACT)
        return Row([*name, *contact], after=20.0)

    def _heading(self, block: Heading) -> Row:
        text = title(block.text)
        return Row(
            [self._cell(Element(f"H{block.level}", self.root), text, HEADINGS[block.level])],
            before=_ABOVE_HEADING[block.level],
            after=_BELOW_HEADING[block.level],
            keep=True,
            bookmark=(block.level, text),
        )

    def _note(self, text: Text) -> Row:
        cells = self._paragraph(text, BODY, 12.0, self.sheet.measure - 24.0)
        return Row(cells, before=4.0, after=11.5, pad=7.0, split=True, boxed=True)

    def _address(self, block: Address) -> Row:
        # A window envelope shows what stands 50 to 90 mm from the top of the sheet.
        cells = self._paragraph("\n".join(block.lines), BODY, 0.0, 95 * MM)
        return Row(cells, after=12.0, not_above=52 * MM, not_below=95 * MM)

    def _signature(self, block: Signature) -> Iterator[Row]:
        yield Row(self._paragraph(block.closing), before=9.0, after=42.0, keep=True)
        yield Row(self._paragraph("\n".join(block.lines)), after=7.5)

    def _items(self, block: Items) -> Iterator[Row]:
        if not block.items:
            return
        numbering = "Decimal" if block.ordered else "Disc"
        whole = Element("L", self.root, ListNumbering=numbering)
        indent = 20.0 if block.ordered else 14.0
        for number, text in enumerate(block.items, start=1):
            item = Element("LI", whole)
            label = f"{number}." if block.ordered else "•"
            cells = [
                self._cell(Element("Lbl", item), label, BODY, 0.0, indent),
                self._cell(Element("LBody", item), text, BODY, indent),
            ]
            yield Row(cells, after=7.5 if number == len(block.items) else 2.5, split=True)

    def _facts(self, block: Facts) -> Iterator[Row]:
        if not block.pairs:
            return
        # Names and values are a list with labels; as a table they would need headings that say nothing.
        whole = Element("L", self.root, ListNumbering="None")
        names = [self._chunks(name, TERM) for name, _ in block.pairs]
        left = min(max(extent(name)[1] for name in names), self.sheet.measure * 0.4) + 18.0
        for number, (name, (_, value)) in enumerate(zip(names, block.pairs, strict=True), start=1):
            item = Element("LI", whole)
            cells = [
                self._fill(Element("Lbl", item), name, TERM, 0.0, left - 18.0),
                self._cell(Element("LBody", item), value, BODY, left),
            ]
            yield Row(cells, after=12.0 if number == len(block.pairs) else 1.0, split=True)

    def _table(self, block: Table) -> Iterator[Row]:
        whole = Element("Table", self.root)
        if plain(block.caption):
            caption = self._cell(Element("Caption", whole), block.caption, CAPTION)
            yield Row([caption], before=6.0, after=2.0, keep=True)
        heads = [self._chunks(column.heading, CELL_STRONG) for column in block.columns]
        body = [[self._chunks(text, CELL) for text in row] for row in block.rows]
        total = [[self._chunks(text, CELL_STRONG) for text in block.total]] if block.total else []
        widths = self._widths(block.columns, [heads, *body, *total])

        def cells(
            parts: Sequence[Sequence[Chunk]], elements: Sequence[Element | None], style: Style
        ) -> list[Cell]:
            made, x = [], _GAP / 2
            for part, element, width, column in zip(parts, elements, widths, block.columns, strict=True):
                made.append(self._fill(element, part, style, x, width, column.numeric))
                x += width + _GAP
            return made

        def data(group: Element, parts: Sequence[Sequence[Chunk]], style: Style) -> list[Cell]:
            line = Element("TR", group)
            first = Element("TH", line, Scope="Row") if block.row_headers else Element("TD", line)
            return cells(parts, [first, *(Element("TD", line) for _ in parts[1:])], style)

        again = Row(cells(heads, [None] * len(heads), CELL_STRONG), pad=4.0, tint=True, below=TEAL)
        line = Element("TR", Element("THead", whole))
        named = cells(heads, [Element("TH", line, Scope="Column") for _ in heads], CELL_STRONG)
        rows = [Row(named, pad=4.0, keep=bool(body or total), tint=True, below=TEAL)]
        if body:
            group = Element("TBody", whole)
            rows += [Row(data(group, parts, CELL), pad=4.0, below=RULE, repeat=again) for parts in body]
        if total:
            # A total alone on a page says nothing.
            rows[-1].keep = True
            group = Element("TFoot", whole)
            rows.append(Row(data(group, total[0], CELL_STRONG), pad=4.0, above=TEAL, repeat=again))
        rows[-1].after = 14.0
        yield from rows

    def _widths(self, columns: Sequence[Column], table: Sequence[Sequence[Sequence[Chunk]]]) -> list[float]:
        """Widths that fill the page: fixed ones as asked, the others between their longest word and line."""
        room = self.sheet.measure - _GAP * len(columns)
        least, ideal = [], []
        for at, column in enumerate(columns):
            if column.width is not None:
                least.append(column.width * MM - _GAP)
                ideal.append(column.width * MM - _GAP)
                continue
            extents = [extent(row[at]) for row in table]
            low, high = max(low for low, _ in extents), max(high for _, high in extents)
            # One long word may not push the other columns away; amounts stay on one line.
            least.append(max(8.0, min(high if column.numeric else low, room / 3)))
            ideal.append(max(least[-1], high))
        if sum(ideal) > room:
            # Nor may one long text.
            ideal = [max(low, min(high, room / 2)) for low, high in zip(least, ideal, strict=True)]
        if sum(least) > room:
            return [width * room / sum(least) for width in least]
        wish = [high - low for low, high in zip(least, ideal, strict=True)]
        spare = room - sum(least)
        if sum(wish) >= spare > 0:
            return [low + spare * more / sum(wish) for low, more in zip(least, wish, strict=True)]
        # Everything fits on one line: text columns share what is left, figures stay close together.
        open_ended = [c.width is None and not c.numeric for c in columns]
        if not any(open_ended):
            open_ended = [True] * len(columns)
        extra = (room - sum(ideal)) / sum(open_ended)
        return [high + extra * grows for high, grows in zip(ideal, open_ended, strict=True)]
