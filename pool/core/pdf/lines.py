"""From any text to lines that fit: the one place where text of others is made safe to draw.

Text is never parsed as markup. Control characters and direction marks are dropped, white space is made
even, and what the fonts cannot show is drawn as a box that still carries the real text (ActualText), so
that a screen reader and a search find it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urlsplit

from pool.core.pdf.document import Link, Run, Text
from pool.core.pdf.fonts import Faces

BOX = "□"

# Between words, and after a hyphen or slash inside a word: Gooi- en, aanvrager/penvoerder, not 2026-12.
_WORD = re.compile(r"\n| |(?:[^ \n]*?[^\W\d_]{2}[-/](?=[^\W\d_]{2})|[^ \n]+) ?")


class Anchor:
    """One link as it stands in one text. Two equal links in a text are two anchors."""

    def __init__(self, text: str, url: str) -> None:
        self.text = text
        self.url = url


@dataclass(slots=True)
class Piece:
    """Text in one style that is drawn in one go. `actual` is the real text behind boxes."""

    shown: str
    bold: bool
    italic: bool
    anchor: Anchor | None
    actual: str | None
    width: float


@dataclass(slots=True)
class Line:
    """Pieces after each other. `width` in points, without the space at the end."""

    pieces: list[Piece]
    width: float


@dataclass(slots=True)
class Chunk:
    """What stays together on a line: a word with the space behind it. An empty one is a line break."""

    pieces: list[Piece]
    width: float
    trailing: float

    def atom(self) -> bool:
        """Whether it cannot be cut: one letter, or the likeness of one."""
        first = self.pieces[0]
        return len(self.pieces) == 1 and (first.actual is not None or len(first.shown) == 1)


def plain(text: str) -> str:
    """Text for titles, bookmarks and other strings outside the page: one line, nothing invisible."""
    even = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text))
    return "".join(char for char in even if unicodedata.category(char)[0] != "C").strip()


def title(text: str) -> str:
    """As `plain`, with a dash for what shows nothing: a nameless bookmark or file title is lost to a listener."""
    return plain(text) or "–"


def safe_url(url: str) -> str | None:
    """The address in ASCII when it may be opened from a document, else None."""
    if any(unicodedata.category(char)[0] in "CZ" for char in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    known = (parts.scheme in ("http", "https") and parts.netloc) or (parts.scheme == "mailto" and parts.path)
    return quote(url, safe="%:/?#[]@!$&'()*+,;=~") if known else None


def _legible(char: str, has: Callable[[str], bool]) -> tuple[str, str | None]:
    """What to draw for a character, and the real text when that differs."""
    category = unicodedata.category(char)
    if char in "\n\x0b\x0c\x1c\x1d\x1e\x85" or category in ("Zl", "Zp"):
        return "\n", None
    if char == "\t" or (category == "Zs" and char not in "\u00a0\u202f"):
        return " ", None
    if category in ("Cc", "Cf"):
        return "", None
    if category in ("Cs", "Co", "Cn"):
        # Has no meaning outside the system it came from, and PDF/A forbids it as real text.
        return BOX, None
    if has(char):
        return char, None
    alike = unicodedata.normalize("NFKC", char)
    if all(has(part) for part in alike):
        return alike, char
    return ("" if category in ("Mn", "Me") else BOX), char


@lru_cache(maxsize=4)
def _reader(faces: Faces) -> Callable[[str], tuple[str, str | None]]:
    return lru_cache(maxsize=4096)(lambda char: _legible(char, faces.has))


def legible(text: str, faces: Faces) -> Iterator[tuple[str, str | None]]:
    """Stretches of (what is drawn, the real text when that differs), with single spaces."""
    even = re.sub(r"\r\n?", "\n", text)
    read = _reader(faces)
    ready: list[str] = []
    for char in unicodedata.normalize("NFC", even):
        shown, actual = read(char)
        if actual is None:
            ready.append(shown)
        else:
            yield re.sub(" +", " ", "".join(ready)), None
            ready = []
            yield shown, actual
    yield re.sub(" +", " ", "".join(ready)), None


def chunks(text: Text, faces: Faces, size: float, bold: bool = False) -> list[Chunk]:
    """The text cut where a line may end."""
    found: list[Chunk] = []
    word: list[Piece] = []

    def close() -> None:
        if word:
            last = word[-1]
            trailing = faces.measure(" ", size, last.bold, last.italic) if last.shown.endswith(" ") else 0.0
            found.append(Chunk(word.copy(), sum(piece.width for piece in word) - trailing, trailing))
            word.clear()

    for inline in [text] if isinstance(text, str | Run | Link) else text:
        strong, italic, anchor = bold, False, None
        written = inline if isinstance(inline, str) else inline.text
        if isinstance(inline, Run):
            strong, italic = bold or inline.bold, inline.italic
        elif isinstance(inline, Link):
            url = safe_url(inline.url)
            written = written if plain(written) else inline.url
            anchor = Anchor(plain(written), url) if url else None
        for shown, actual in legible(written, faces):
            if actual is not None:
                width = faces.measure(shown, size, strong, italic)
                word.append(Piece(shown, strong, italic, anchor, actual, width))
                continue
            for match in _WORD.finditer(shown):
                cut = match.group()
                # A line break is a space to who listens.
                drawn = " " if cut == "\n" and word else cut
                if drawn != "\n":
                    width = faces.measure(drawn, size, strong, italic)
                    word.append(Piece(drawn, strong, italic, anchor, None, width))
                if cut[-1] in "\n -/":
                    close()
                if cut == "\n":
                    found.append(Chunk([], 0.0, 0.0))
    close()
    return found


def extent(parts: Iterable[Chunk]) -> tuple[float, float]:
    """The widest chunk and the widest line, in points: the least and the ideal width of a column."""
    least = ideal = line = 0.0
    for part in parts:
        line = line + part.width + part.trailing if part.pieces else 0.0
        least, ideal = max(least, part.width), max(ideal, line)
    return least, ideal


def _letters(part: Chunk, faces: Faces, size: float) -> Iterator[Chunk]:
    """A word that fits no line, cut into letters."""
    for piece in part.pieces:
        for char in [piece.shown] if piece.actual is not None else piece.shown:
            width = faces.measure(char, size, piece.bold, piece.italic)
            letter = Piece(char, piece.bold, piece.italic, piece.anchor, piece.actual, width)
            yield Chunk([letter], 0.0 if char == " " else width, width if char == " " else 0.0)


def fill(parts: Iterable[Chunk], width: float, faces: Faces, size: float) -> list[Line]:
    """Lines of at most `width` points, ragged right."""
    # A column as wide as its widest cell must hold that cell, however the widths were added up.
    width += 0.01
    lines: list[Line] = []
    pieces: list[Piece] = []
    used = pending = 0.0

    def end() -> None:
        nonlocal pieces, used, pending
        lines.append(Line(list(_joined(pieces)), used))
        pieces, used, pending = [], 0.0, 0.0

    queue = list(reversed(list(parts)))
    while queue:
        part = queue.pop()
        if not part.pieces:
            end()
            continue
        if pieces and used + pending + part.width > width:
            end()
        if part.width > width and not part.atom():
            queue.extend(reversed(list(_letters(part, faces, size))))
            continue
        if not pieces and all(piece.shown == " " for piece in part.pieces):
            continue
        pieces.extend(part.pieces)
        used, pending = used + pending + part.width, part.trailing
    if pieces:
        end()
    return lines


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Neighbours of one style as one piece."""
    current: Piece | None = None
    for piece in pieces:
        if (
            current is not None
            and (current.bold, current.italic, current.anchor) == (piece.bold, piece.italic, piece.anchor)
            and (current.actual is None) == (piece.actual is None)
        ):
            actual = None if piece.actual is None else (current.actual or "") + piece.actual
            width = current.width + piece.width
            current = Piece(
                current.shown + piece.shown, piece.bold, piece.italic, piece.anchor, actual, width
            )
            continue
        if current is not None and current.shown:
            yield current
        current = piece
    if current is not None and current.shown:
        yield current
