"""PDF: every object that qpdf can find, also those packed away in object streams or reached from nowhere.

Names are compared after qpdf decoded them, so '/J#53' is '/JS'. Allowed are pages, forms, signatures and
links to the web; refused is what runs, opens, sends or carries another file.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pikepdf
from pikepdf import settings

from pool.applications.inspection.refusal import Limits, Reason, Refusal

# Bounds inside qpdf itself, for the whole process: they hold for our own letters with room to spare.
settings.set_qpdf_limits(
    doc_max_warnings=100,
    parser_max_nesting=100,
    parser_max_container_size=500_000,
    max_stream_filters=4,
    flate_max_memory=64_000_000,
    png_max_memory=64_000_000,
    run_length_max_memory=64_000_000,
    tiff_max_memory=64_000_000,
    dct_max_memory=64_000_000,
)

_ACTIONS = frozenset(
    [
        "/JavaScript",
        "/Launch",
        "/GoToE",
        "/GoToR",
        "/SubmitForm",
        "/ImportData",
        "/Rendition",
        "/Movie",
        "/Sound",
        "/RichMediaExecute",
        "/GoTo3DView",
    ]
)
_SUBTYPES = {
    **dict.fromkeys(("/RichMedia", "/3D", "/Screen", "/Movie", "/Sound", "/PS"), Reason.ACTIVE),
    "/FileAttachment": Reason.EMBEDDED_FILE,
}
_KEYS = {
    **dict.fromkeys(("/JS", "/JavaScript", "/XFA", "/RichMediaContent", "/RichMediaSettings"), Reason.ACTIVE),
    **dict.fromkeys(("/EF", "/EmbeddedFiles", "/Collection"), Reason.EMBEDDED_FILE),
}
_SAFE_LINK = re.compile(r"(?:https?|mailto|tel):|(?![/\\])[^:]*$", re.IGNORECASE)

# A quick look at an object's own text tells whether a slow look is needed at all; it errs to the safe side.
_SUSPECT = re.compile(
    "|".join(
        re.escape(name) + r"(?![A-Za-z0-9])"
        for name in sorted({*_ACTIONS, *_SUBTYPES, *_KEYS, "/EmbeddedFile", "/URI", "/FFilter"})
    ).encode()
)
# Objects that the cross-reference table leaves out may still be found by a reader that repairs.
_RAW = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFile|RichMedia|GoToE|ImportData)(?![A-Za-z0-9])")


def check(path: str, limits: Limits) -> None:
    """Raise Refusal for a PDF that is broken, encrypted, active, or that carries or fetches other files."""
    try:
        with pikepdf.open(path, attempt_recovery=False, access_mode=pikepdf.AccessMode.mmap) as document:
            if document.is_encrypted:
                raise Refusal(Reason.ENCRYPTED)
            _check_objects(document, limits)
            # What qpdf cannot read it shows as nothing, with a warning; another reader might see more.
            if not len(document.pages) or document.get_warnings():
                raise Refusal(Reason.DAMAGED)
    except pikepdf.PasswordError:
        raise Refusal(Reason.ENCRYPTED) from None
    except Refusal:
        raise
    except (pikepdf.PikepdfError, RuntimeError, ValueError, TypeError, KeyError, IndexError, OverflowError,
            AttributeError, RecursionError):  # fmt: skip
        # qpdf and its binding report broken files in all these ways.
        raise Refusal(Reason.DAMAGED) from None
    if found := _RAW.search(Path(path).read_bytes()):
        raise Refusal(Reason.ACTIVE, part=found[0].decode())


def _check_objects(document: pikepdf.Pdf, limits: Limits) -> None:
    _check_object(document.trailer)
    for count, found in enumerate(document.objects):
        if count >= limits.objects:
            raise Refusal(Reason.TOO_COMPLEX)
        if isinstance(found, pikepdf.Stream):
            # The content of a stream that lies in another file, read by whoever opens the document.
            if "/F" in found or "/FFilter" in found:
                raise Refusal(Reason.EXTERNAL, part="/F")
            text = found.stream_dict.unparse(resolved=True)
        elif isinstance(found, pikepdf.Dictionary | pikepdf.Array):
            text = found.unparse(resolved=True)
        else:
            continue
        if _SUSPECT.search(text):
            _check_object(found)


def _check_object(found: pikepdf.Object) -> None:
    for dictionary in _dictionaries(found):
        for key in dictionary.keys():  # noqa: SIM118 - a pikepdf dictionary does not iterate by itself
            if key in _KEYS:
                raise Refusal(_KEYS[key], part=key)
        kind, subtype, action = (str(dictionary.get(key, "")) for key in ("/Type", "/Subtype", "/S"))
        if kind == "/EmbeddedFile":
            raise Refusal(Reason.EMBEDDED_FILE, part=kind)
        if subtype in _SUBTYPES or str(dictionary.get("/Subtype2", "")) == "/PS":
            raise Refusal(_SUBTYPES.get(subtype, Reason.ACTIVE), part=subtype)
        # In the structure tree /S is the role of a piece of text, whatever the author called it.
        if action in _ACTIONS and kind != "/StructElem":
            raise Refusal(Reason.ACTIVE, part=action)
        if action == "/URI" and not _SAFE_LINK.match(str(dictionary.get("/URI", "")).strip()):
            raise Refusal(Reason.EXTERNAL, part=str(dictionary.get("/URI", "")))


def _dictionaries(found: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """The dictionaries inside one object, not following references: every object has its own turn."""
    waiting = [found]
    while waiting:
        item = waiting.pop()
        if isinstance(item, pikepdf.Stream):
            item = item.stream_dict
        if isinstance(item, pikepdf.Dictionary):
            yield item
            waiting += [value for _, value in item.items() if _is_nested(value)]
        elif isinstance(item, pikepdf.Array):
            waiting += [value for value in item if _is_nested(value)]


def _is_nested(value: object) -> bool:
    return isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect
