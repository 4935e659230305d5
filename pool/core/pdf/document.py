"""What a document says: plain facts, no drawing. Text is always literal; there is no markup to escape."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in bold or italic."""

    text: str
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """Text that opens `url`. Only http, https and mailto open; any other address stays plain text."""

    text: str
    url: str


Inline = str | Run | Link
Text = Inline | Sequence[Inline]
"""One string, or pieces after each other. A line break in a string is a line break on the page."""


@dataclass(frozen=True, slots=True)
class Column:
    """A table column. `width` in millimetres; None divides the space that is left by content."""

    heading: str
    width: float | None = None
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Sender:
    """The organisation on the first page: its name, and its address and contact (one text, with line breaks)."""

    name: str
    contact: Text = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the PDF: the same facts as data. `name` is a plain file name, no folders."""

    name: str
    media_type: str
    content: bytes
    description: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", self.name):
            raise ValueError(f"not a plain file name: {self.name!r}")


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: Text


@dataclass(frozen=True, slots=True)
class Note:
    text: Text


@dataclass(frozen=True, slots=True)
class Address:
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    closing: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Items:
    items: tuple[Text, ...]
    ordered: bool


@dataclass(frozen=True, slots=True)
class Facts:
    pairs: tuple[tuple[str, Text], ...]


@dataclass(frozen=True, slots=True)
class Table:
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Text, ...], ...]
    row_headers: bool
    total: tuple[Text, ...] | None


@dataclass(frozen=True, slots=True)
class PageBreak:
    pass


Block = Heading | Paragraph | Note | Address | Signature | Items | Facts | Table | PageBreak


@dataclass
class Document:
    """A document that is filled from top to bottom.

    `moment` becomes the creation date and must know its time zone: rendering has no clock of its own.
    `reference` is shown at the foot of each page. Nothing else identifies who or what made the file.
    Raises ValueError for what a programmer can prevent: no title, a naive moment, a skipped heading
    level, a table row of the wrong length.
    """

    title: str
    moment: datetime
    subject: str = ""
    language: str = "nl-NL"
    reference: str = ""
    sender: Sender | None = None
    attachments: Sequence[Attachment] = ()
    landscape: bool = False
    blocks: list[Block] = field(default_factory=list, init=False)
    _level: int = field(default=0, init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise ValueError("a document needs a title")
        if self.moment.tzinfo is None:
            raise ValueError("a document needs a moment with a time zone")
        names = [attachment.name for attachment in self.attachments]
        if len(set(names)) != len(names):
            raise ValueError("attachments need different names")

    def heading(self, level: int, text: str) -> None:
        """A heading of level 1 to 3; also a bookmark. Levels start at 1 and are not skipped (PDF/UA 7.4.2)."""
        if not 1 <= level <= min(3, self._level + 1):
            raise ValueError(f"heading level {level} cannot follow level {self._level}")
        self._level = level
        self.blocks.append(Heading(level, text))

    def paragraph(self, text: Text) -> None:
        self.blocks.append(Paragraph(text))

    def prose(self, text: str) -> None:
        """What a person typed in a text field: a blank line starts a new paragraph."""
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        part: list[str] = []
        for line in [*lines, ""]:
            if line.strip():
                part.append(line)
            elif part:
                self.paragraph("\n".join(part))
                part = []

    def note(self, text: Text) -> None:
        """A paragraph that stands out in a tinted box."""
        self.blocks.append(Note(text))

    def list(self, items: Iterable[Text], ordered: bool = False) -> None:
        self.blocks.append(Items(tuple(items), ordered))

    def facts(self, pairs: Iterable[tuple[str, Text]]) -> None:
        """Names with their values in two columns, such as reference and date."""
        self.blocks.append(Facts(tuple(pairs)))

    def table(
        self,
        caption: str,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Text]],
        row_headers: bool = True,
        total: Sequence[Text] | None = None,
    ) -> None:
        """A table. With `row_headers` the first cell of a row names the row. `total` is a last, bold row."""
        body = tuple(tuple(row) for row in rows)
        last = None if total is None else tuple(total)
        for row in (*body, *([last] if last else [])):
            if len(row) != len(columns):
                raise ValueError(f"table {caption!r} has {len(columns)} columns, a row has {len(row)} cells")
        if not 1 <= len(columns) <= 20:
            raise ValueError(f"table {caption!r} needs columns: 1 to 20, the paper is not wider")
        self.blocks.append(Table(caption, tuple(columns), body, row_headers, last))

    def address(self, lines: Iterable[str]) -> None:
        """The addressee, placed for an envelope with its window on the left. Comes first in a letter."""
        self.blocks.append(Address(tuple(lines)))

    def signature(self, closing: str, lines: Iterable[str]) -> None:
        """The end of a letter: closing, white space, then who signs. Stays on one page."""
        self.blocks.append(Signature(closing, tuple(lines)))

    def page_break(self) -> None:
        self.blocks.append(PageBreak())
