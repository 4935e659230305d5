"""What a file is, by its first and last bytes, and which check belongs to it."""

import enum
import re
import zipfile
from io import BytesIO

from pool.applications.inspection import package, pdf, picture
from pool.applications.inspection.refusal import Limits, Reason, Refusal


class Kind(enum.Enum):
    """The kinds of file that we take: media type, the suffixes it goes by, and its Dutch name."""

    PDF = "application/pdf", (".pdf",), "een PDF"
    ODT = "application/vnd.oasis.opendocument.text", (".odt",), "een ODT"
    ODS = "application/vnd.oasis.opendocument.spreadsheet", (".ods",), "een ODS"
    ODP = "application/vnd.oasis.opendocument.presentation", (".odp",), "een ODP"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",), "een DOCX"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",), "een XLSX"
    PNG = "image/png", (".png",), "een PNG"
    JPEG = "image/jpeg", (".jpg", ".jpeg"), "een JPEG"

    def __init__(self, media_type: str, suffixes: tuple[str, ...], found: str) -> None:
        self.media_type = media_type
        self.suffixes = suffixes
        self.found = found


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = re.compile(rb"<(?:!doctype|html|head|body|script|svg|iframe|\?php)", re.IGNORECASE)
_STARTS = ((b"%PDF-", Kind.PDF), (b"\x89PNG\r\n\x1a\n", Kind.PNG), (b"\xff\xd8\xff", Kind.JPEG))
_PACKAGES = {kind.suffixes[0]: kind for kind in (Kind.DOCX, Kind.XLSX, Kind.ODT, Kind.ODS, Kind.ODP)}


def kind_of(head: bytes, tail: bytes, suffix: str) -> Kind:
    """The kind of a file from its first 1,024 and last 65,557 bytes; its stated suffix has to agree.

    For a package (a zip) the suffix says which kind is meant; `check` verifies it. The other kinds may not
    be readable as a zip or web page at the same time. Raises Refusal.
    """
    if head.startswith(b"PK\x03\x04"):
        if suffix not in _PACKAGES:
            if _name_of(suffix):
                raise Refusal(Reason.NAME_DIFFERS, stated=suffix, found="een ZIP-archief of Office-bestand")
            raise Refusal(Reason.UNKNOWN_TYPE)
        return _PACKAGES[suffix]
    kind = next((kind for start, kind in _STARTS if head.startswith(start)), None)
    if kind is None:
        if head.startswith(_OLE):
            raise Refusal(Reason.OLD_OFFICE)
        if head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<") or _MARKUP.search(head):
            raise Refusal(Reason.WEB_PAGE)
        raise Refusal(Reason.UNKNOWN_TYPE)
    if suffix and suffix not in kind.suffixes:
        raise Refusal(Reason.NAME_DIFFERS, stated=suffix, found=kind.found)
    if _MARKUP.search(head) or zipfile.is_zipfile(BytesIO(tail)):
        raise Refusal(Reason.TWO_IN_ONE)
    return kind


def _name_of(suffix: str) -> Kind | None:
    return next((kind for kind in Kind if suffix in kind.suffixes), None)


def check(kind: Kind, path: str, limits: Limits) -> None:
    """Read a file of this kind through and raise Refusal when it is broken, hostile or something else."""
    if kind is Kind.PDF:
        pdf.check(path, limits)
    elif kind is Kind.PNG:
        picture.check_png(path, limits)
    elif kind is Kind.JPEG:
        picture.check_jpeg(path, limits)
    else:
        package.check(path, kind.media_type, limits)
