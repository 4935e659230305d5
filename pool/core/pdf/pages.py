"""From rows to pages: the one place that breaks pages, numbers marked content and places links."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pool.core.pdf.lines import Anchor, Line, Piece
from pool.core.pdf.rows import TEAL, TINT, Cell, Colour, Row, Sheet
from pool.core.pdf.structure import Annotation, Element, Marked


@dataclass(frozen=True, slots=True)
class Shape:
    """A filled rectangle in points: a rule, a tint or a bar. It never carries meaning."""

    x: float
    y: float
    width: float
    height: float
    colour: Colour


@dataclass(frozen=True, slots=True)
class Words:
    """A piece on its base line. `mark` ties it to the structure; without it, it is an artifact."""

    x: float
    y: float
    piece: Piece
    size: float
    colour: Colour
    role: str = "Artifact"
    mark: int | None = None


@dataclass(slots=True)
class Page:
    shapes: list[Shape] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)
    marks: int = 0
    owner: Element | None = None


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A place to jump to: `page` counts from 0, `top` in points from below."""

    level: int
    title: str
    page: int
    top: float


class Book:
    """Pages that fill up from the first row to the last."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.pages = [Page()]
        self.bookmarks: list[Bookmark] = []
        self._y = sheet.first_top
        self._fresh = True
        self._links: dict[Anchor, Element] = {}

    def write(self, rows: Iterable[Row]) -> None:
        todo = list(rows)
        for at, row in enumerate(todo):
            if row.new_page and not self._fresh:
                self._turn()
            if not self._fresh and self._y - row.before - self._together(todo, at) < self.sheet.bottom:
                self._turn(row.repeat)
            self._row(row)

    def _together(self, rows: list[Row], at: int) -> float:
        """The height of a row and those it is tied to, up to where the last of them may break."""
        height = 0.0
        while rows[at].keep and at + 1 < len(rows):
            height += rows[at].height() + rows[at].after + rows[at + 1].before
            at += 1
        height += rows[at].start()
        # More than a page cannot stay together; then only the row itself must begin well.
        return height if height < self._page_height() else 0.0

    def _page_height(self) -> float:
        return self.sheet.top - self.sheet.bottom

    def _turn(self, repeat: Row | None = None) -> None:
        self.pages.append(Page())
        self._y, self._fresh = self.sheet.top, True
        if repeat is not None and repeat.height() < self._page_height() / 3:
            self._part(repeat, [len(cell.lines) for cell in repeat.cells], [0] * len(repeat.cells))

    def _row(self, row: Row) -> None:
        self._y -= 0.0 if self._fresh else row.before
        self._y = min(self._y, self.sheet.height - row.not_above) if row.not_above else self._y
        if row.bookmark is not None:
            level, title = row.bookmark
            self.bookmarks.append(Bookmark(level, title, len(self.pages) - 1, self._y))
        done = [0] * len(row.cells)
        want = [len(cell.lines) for cell in row.cells]
        while True:
            take = self._fitting(row, done)
            if any(take) or not any(want):
                self._part(row, take, done)
                done = [had + new for had, new in zip(done, take, strict=True)]
            if done == want:
                break
            self._turn(row.repeat)
        self._y -= row.after
        self._y = min(self._y, self.sheet.height - row.not_below) if row.not_below else self._y

    def _fitting(self, row: Row, done: list[int]) -> list[int]:
        """How many lines of each cell fit here; at least one in all, so that there is an end."""
        room = self._y - self.sheet.bottom - 2 * row.pad + 0.01
        take = []
        for cell, had in zip(row.cells, done, strict=True):
            left = len(cell.lines) - had
            fits = max(0, int(room // cell.style.leading))
            # One line of a paragraph alone on the next page reads badly.
            take.append(fits - 1 if fits == left - 1 and fits > 2 else min(fits, left))
        if self._fresh and not any(take):
            take = [min(1, len(cell.lines) - had) for cell, had in zip(row.cells, done, strict=True)]
        return take

    def _part(self, row: Row, take: list[int], done: list[int]) -> None:
        """Draw the next lines of each cell, with the shapes behind and around them."""
        page, sheet = self.pages[-1], self.sheet
        height = max(
            (cell.style.leading * count for cell, count in zip(row.cells, take, strict=True)), default=0.0
        )
        top, bottom = self._y, self._y - height - 2 * row.pad
        if row.tint or row.boxed:
            page.shapes.append(Shape(sheet.left, bottom, sheet.measure, top - bottom, TINT))
        if row.boxed:
            page.shapes.append(Shape(sheet.left, bottom, 2.5, top - bottom, TEAL))
        if row.above is not None:
            page.shapes.append(Shape(sheet.left, top, sheet.measure, 1.0, row.above))
        if row.below is not None:
            thick = 1.0 if row.tint else 0.5
            page.shapes.append(Shape(sheet.left, bottom, sheet.measure, thick, row.below))
        for cell, count, start in zip(row.cells, take, done, strict=True):
            y = top - row.pad
            for line in cell.lines[start : start + count]:
                self._line(cell, line, y)
                y -= cell.style.leading
        self._y, self._fresh = bottom, False

    def _line(self, cell: Cell, line: Line, top: float) -> None:
        style = cell.style
        # Source Sans stands 0.76 of its size above the base line and hangs 0.24 below it.
        y = top - (style.leading - style.size) / 2 - 0.76 * style.size
        x = self.sheet.left + cell.x + (cell.width - line.width if cell.right else 0.0)
        for piece in line.pieces:
            self._piece(cell.element, piece, x, y, style.size, style.colour)
            x += piece.width

    def _piece(
        self, owner: Element | None, piece: Piece, x: float, y: float, size: float, colour: Colour
    ) -> None:
        number = len(self.pages) - 1
        page = self.pages[number]
        anchor = piece.anchor
        if anchor is not None:
            colour = TEAL
            page.shapes.append(Shape(x, y - 1.6, piece.width, 0.6, TEAL))
            if owner is not None:
                if anchor not in self._links:
                    self._links[anchor] = Element("Link", owner)
                owner = self._links[anchor]
        if owner is None:
            page.words.append(Words(x, y, piece, size, colour))
            return
        if page.owner is not owner:
            owner.children.append(Marked(number, page.marks))
            page.owner, page.marks = owner, page.marks + 1
        page.words.append(Words(x, y, piece, size, colour, owner.role, page.marks - 1))
        if anchor is not None:
            box = (x, y - 0.24 * size, x + piece.width, y + 0.76 * size)
            owner.children.append(Annotation(number, box, anchor.url, anchor.text))
