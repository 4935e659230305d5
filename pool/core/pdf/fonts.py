"""The four faces of Source Sans 3: what they can show, and how wide it is.

Nothing is drawn with the fonts that PDF viewers bring along: PDF/A and PDF/UA ask for embedded fonts.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[3] / "static" / "vendor" / "fonts"
"""Where `make assets` puts the fonts."""

_FILES = {
    (False, False): "SourceSans3-Regular",
    (True, False): "SourceSans3-Bold",
    (False, True): "SourceSans3-It",
    (True, True): "SourceSans3-BoldIt",
}


class FontsMissing(RuntimeError):
    """The fonts are not installed."""


class Faces:
    """Measures text in points. Bold and italic choose the face."""

    def __init__(self, faces: dict[tuple[bool, bool], Any]) -> None:
        self._widths: dict[tuple[bool, bool], dict[str, float]] = {}
        for key, face in faces.items():
            widths = {
                chr(code): face.charWidths[code] for code in face.charToGlyph if code in face.charWidths
            }
            # ReportLab draws a no-break space as a space.
            widths["\u00a0"] = widths[" "]
            self._widths[key] = widths
        self._shared = frozenset.intersection(*(frozenset(widths) for widths in self._widths.values()))

    def has(self, char: str) -> bool:
        """Whether all four faces can show this character."""
        return char in self._shared

    def measure(self, text: str, size: float, bold: bool = False, italic: bool = False) -> float:
        widths = self._widths[bold, italic]
        return sum(widths[char] for char in text) * size / 1000

    @staticmethod
    def name(bold: bool, italic: bool) -> str:
        """The name ReportLab knows the face by."""
        return _FILES[bold, italic]


# One folder at a time: ReportLab keeps fonts by name for the whole process.
@lru_cache(maxsize=1)
def load(folder: Path) -> Faces:
    """Read and register the fonts; a second call with the same folder costs nothing."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    faces = {}
    for key, name in _FILES.items():
        path = folder / f"{name}.ttf"
        if not path.is_file():
            raise FontsMissing(f"{path} is missing: run `make assets` to install the fonts")
        font = TTFont(name, str(path))
        pdfmetrics.registerFont(font)
        faces[key] = font.face
    return Faces(faces)
