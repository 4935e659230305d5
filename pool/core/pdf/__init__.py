"""Tagged PDF documents from plain facts: letters, receipts and lists that everyone can read.

`Document` collects what a document says; `render` turns it into bytes that pass PDF/UA-1 and PDF/A-3a.
Equal facts give equal bytes. Importing this package loads no PDF library; the first `render` does.
Why it is made this way: docs/decisions/0020-tagged-pdf.md.
"""

from pathlib import Path

from pool.core.pdf.document import Attachment, Column, Document, Link, Run, Sender, Text

__all__ = ["Attachment", "Column", "Document", "Link", "Run", "Sender", "Text", "render"]


def render(document: Document, fonts: Path | None = None) -> bytes:
    """The document as PDF. `fonts` is a folder with the four Source Sans 3 files (default: static/vendor).

    Raises `fonts.FontsMissing` when the fonts are not installed. No text or URL makes it fail.
    """
    from pool.core.pdf.draw import draw
    from pool.core.pdf.fonts import FOLDER
    from pool.core.pdf.tags import finish

    return finish(document, draw(document, fonts or FOLDER))
