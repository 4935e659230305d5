"""PNG and JPEG: read from marker to marker, never decoded.

Decoding is left to whoever looks at the picture; here it only matters that the file is one whole picture of
a sane size, and nothing else besides.
"""

import re
import struct
import zlib
from pathlib import Path

from pool.applications.inspection.refusal import Limits, Reason, Refusal

_PNG_CHUNK = struct.Struct(">I4s")
# What turns data behind, or comments inside, a picture into something that another program would run.
_STRANGER = re.compile(
    rb"%PDF-|<script|<html|<svg|<iframe|<\?php|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c", re.IGNORECASE
)
_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
# In image data FF is followed by 00 or a restart marker; anything else ends the data.
_AFTER_SCAN = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")


def check_png(path: str, limits: Limits) -> None:
    """Raise Refusal unless the file is chunks from IHDR to IEND with right checksums, and nothing after."""
    data = Path(path).read_bytes()
    place, seen_data = 8, False
    while True:
        if place + 12 > len(data):
            raise Refusal(Reason.DAMAGED)
        length, kind = _PNG_CHUNK.unpack_from(data, place)
        body_end = place + 8 + length
        if body_end + 4 > len(data):
            raise Refusal(Reason.DAMAGED)
        view = memoryview(data)[place + 4 : body_end]
        if zlib.crc32(view).to_bytes(4, "big") != data[body_end : body_end + 4]:
            raise Refusal(Reason.DAMAGED)
        if (place == 8) != (kind == b"IHDR") or (kind == b"IHDR" and length != 13):
            raise Refusal(Reason.DAMAGED)
        if kind == b"IHDR":
            width, height = struct.unpack_from(">II", data, place + 8)
            _check_size(width, height, limits)
        elif kind == b"IDAT":
            seen_data = True
        elif kind != b"IEND" and _STRANGER.search(data, place + 8, body_end):
            raise Refusal(Reason.TWO_IN_ONE)
        place = body_end + 4
        if kind == b"IEND":
            break
    if not seen_data:
        raise Refusal(Reason.DAMAGED)
    if place != len(data):
        raise Refusal(Reason.TWO_IN_ONE)


def check_jpeg(path: str, limits: Limits) -> None:
    """Raise Refusal unless the file is a whole JPEG of a sane size.

    Telephones append a second picture or notes of their own; that is allowed as long as it holds nothing
    that another program would run.
    """
    data = Path(path).read_bytes()
    end = _walk_jpeg(data, limits)
    if _STRANGER.search(data, end):
        raise Refusal(Reason.TWO_IN_ONE)


def _walk_jpeg(data: bytes, limits: Limits) -> int:
    """Follow the markers from the start of the image; the place right behind its end."""
    place, seen_size, seen_scan = 2, False, False
    while True:
        while data[place : place + 2] == b"\xff\xff":
            place += 1
        if place + 2 > len(data) or data[place] != 0xFF:
            raise Refusal(Reason.DAMAGED)
        marker = data[place + 1]
        if marker == 0xD9:
            if not (seen_size and seen_scan):
                raise Refusal(Reason.DAMAGED)
            return place + 2
        if marker in _JPEG_STANDALONE:
            place += 2
            continue
        length = int.from_bytes(data[place + 2 : place + 4], "big")
        after = place + 2 + length
        if length < 2 or after > len(data):
            raise Refusal(Reason.DAMAGED)
        if marker in _JPEG_SIZES:
            if length < 8:
                raise Refusal(Reason.DAMAGED)
            height, width = struct.unpack_from(">HH", data, place + 5)
            _check_size(width, height, limits)
            seen_size = True
        elif _STRANGER.search(data, place + 4, after):
            raise Refusal(Reason.TWO_IN_ONE)
        place = after
        if marker == 0xDA:
            seen_scan = True
            found = _AFTER_SCAN.search(data, place)
            if found is None:
                raise Refusal(Reason.DAMAGED)
            place = found.end() - 2


def _check_size(width: int, height: int, limits: Limits) -> None:
    if not width or not height:
        raise Refusal(Reason.DAMAGED)
    if width * height > limits.pixels:
        raise Refusal(Reason.TOO_MANY_PIXELS)
