"""Office packages: OpenDocument and Office Open XML, without macros, embedded files or outside sources."""

import re
from collections.abc import Callable
from typing import BinaryIO
from xml.parsers import expat

from pool.applications.inspection import archive, odf, ooxml
from pool.applications.inspection.archive import Entry
from pool.applications.inspection.refusal import Limits, Reason, Refusal

StartHandler = Callable[[str, dict[str, str]], None]

# Suffixes that occur in documents as Office and LibreOffice write them; parts without one occur as well.
_PARTS = frozenset(
    [
        "xml",
        "rels",
        "vml",
        "rdf",
        "png",
        "jpg",
        "jpeg",
        "jpe",
        "jfif",
        "gif",
        "bmp",
        "tif",
        "tiff",
        "emf",
        "wmf",
        "svg",
        "svm",
        "wdp",
        "bin",
        "odttf",
        "ttf",
        "otf",
        "sigs",
    ]
)
_XML = frozenset(["xml", "rels", "vml", "rdf"])
_FILES_INSIDE = (
    (b"PK\x03\x04", Reason.EMBEDDED_FILE),
    (b"PK\x05\x06", Reason.EMBEDDED_FILE),
    (b"%PDF-", Reason.EMBEDDED_FILE),
    (b"Rar!\x1a\x07", Reason.EMBEDDED_FILE),
    (b"7z\xbc\xaf\x27\x1c", Reason.EMBEDDED_FILE),
    (b"\x1f\x8b\x08", Reason.EMBEDDED_FILE),
    (b"MSCF", Reason.EMBEDDED_FILE),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Reason.EMBEDDED_FILE),
    (b"MZ", Reason.ACTIVE),
    (b"\x7fELF", Reason.ACTIVE),
    (b"#!", Reason.ACTIVE),
    (b"{\\rtf", Reason.EMBEDDED_FILE),
)
_WEB_PAGE = re.compile(rb"\s*<(?:!doctype html|html|script|hta:)", re.IGNORECASE)


def check(path: str, media_type: str, limits: Limits) -> None:
    """Raise Refusal unless the file is a sound package of exactly this media type."""
    with open(path, "rb") as source:
        found = archive.entries(source, limits)
        if media_type in odf.MEDIA_TYPES:
            odf.check_entries(found, lambda entry: _start(source, entry), media_type)
            rules: odf.Rules | ooxml.Rules = odf.Rules(media_type)
        else:
            ooxml.check_entries(found)
            rules = ooxml.Rules(media_type)
        for entry in found:
            _check_part(source, entry, rules.reader(entry.name))
        rules.finish()


def _start(source: BinaryIO, entry: Entry) -> bytes:
    return next(archive.pieces(source, entry), b"")


def _check_part(source: BinaryIO, entry: Entry, reader: "odf.Reader | ooxml.Reader | None") -> None:
    """Unpack one part in pieces; its kind, and when it is XML every element, has to be allowed."""
    _, point, suffix = entry.name.rpartition("/")[2].rpartition(".")
    suffix = suffix.lower()
    if point and suffix not in _PARTS:
        raise Refusal(Reason.EMBEDDED_FILE, part=entry.name)
    parser = _parser(reader) if suffix in _XML else None
    first = True
    for piece in archive.pieces(source, entry):
        if first:
            _check_start(piece, entry.name)
            first = False
        if parser is not None:
            _feed(parser, piece, final=False)
    if parser is not None and not first:
        _feed(parser, b"", final=True)


def _check_start(piece: bytes, name: str) -> None:
    for mark, reason in _FILES_INSIDE:
        if piece.startswith(mark):
            raise Refusal(reason, part=name)
    if _WEB_PAGE.match(piece):
        raise Refusal(Reason.ACTIVE, part=name)


def _parser(reader: "odf.Reader | ooxml.Reader | None") -> expat.XMLParserType:
    """An XML parser that refuses a DOCTYPE, and so every entity of the document's own."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse_doctype
    if reader is not None:
        parser.StartElementHandler = reader.start
        parser.EndElementHandler = reader.end
        parser.CharacterDataHandler = reader.text
    return parser


def _refuse_doctype(*_: object) -> None:
    raise Refusal(Reason.ENTITIES)


def _feed(parser: expat.XMLParserType, piece: bytes, *, final: bool) -> None:
    try:
        parser.Parse(piece, final)
    except (expat.ExpatError, ValueError, LookupError):
        raise Refusal(Reason.DAMAGED) from None
