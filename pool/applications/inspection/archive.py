"""A zip as an office package uses it, read strictly and streamed: what it says must be what it holds.

The directory at the end is read by the standard library, after its size was bounded. Each entry is then
checked against its own header, and unpacked in pieces while counting, so that nothing larger than a piece is
ever in memory and no header is believed.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from pool.applications.inspection.refusal import Limits, Reason, Refusal

_END = struct.Struct("<4s4H2IH")
_LOCAL = struct.Struct("<4s5H3I2H")
_PIECE = 1 << 16
_LONGEST_DESCRIPTOR = 24
_ENCRYPTED_FLAGS = 0x1 | 0x40 | 0x2000


@dataclass(frozen=True, slots=True)
class Entry:
    """One file in the package: where its packed bytes are and what it should become."""

    name: str
    start: int
    packed: int
    unpacked: int
    crc: int
    deflated: bool


def entries(source: BinaryIO, limits: Limits) -> list[Entry]:
    """The entries of a package in order of place; raises Refusal for what a plain package never has.

    That is: a second directory or data before, between or behind the entries, a comment, zip64, several
    disks, encryption, other methods than stored and deflate, names that leave the package or occur twice,
    entries that overlap, and declared sizes beyond the limits.
    """
    size = source.seek(0, 2)
    directory = _directory_start(source, size, limits)
    try:
        with zipfile.ZipFile(source) as archive:
            infos = sorted(archive.infolist(), key=lambda info: info.header_offset)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error):
        raise Refusal(Reason.DAMAGED) from None
    if len(infos) > limits.entries:
        raise Refusal(Reason.TOO_MANY_PARTS)
    if not infos:
        raise Refusal(Reason.DAMAGED)
    _check_declared(infos, limits)
    names = [info.filename for info in infos]
    if len({name.casefold() for name in names}) != len(names):
        raise Refusal(Reason.DAMAGED)
    result: list[Entry] = []
    expected = 0
    for info in infos:
        gap = info.header_offset - expected
        # Between entries there is room for nothing but the descriptor that may follow an entry.
        if gap < 0 or gap > (_LONGEST_DESCRIPTOR if result else 0):
            raise Refusal(Reason.TWO_IN_ONE)
        entry = _entry(source, info)
        expected = entry.start + entry.packed
        result.append(entry)
    if not 0 <= directory - expected <= _LONGEST_DESCRIPTOR:
        raise Refusal(Reason.TWO_IN_ONE)
    return result


def _directory_start(source: BinaryIO, size: int, limits: Limits) -> int:
    """Where the directory starts, by the record that has to be the very end of the file."""
    if size < _END.size:
        raise Refusal(Reason.DAMAGED)
    source.seek(size - _END.size)
    mark, disk, first_disk, here, total, length, start, comment = _END.unpack(source.read(_END.size))
    if mark != b"PK\x05\x06" or comment:
        raise Refusal(Reason.DAMAGED)
    if total > limits.entries:
        raise Refusal(Reason.TOO_MANY_PARTS)
    # The directory counts some 50 bytes and a name for each entry; more of it only serves to fill memory.
    if disk or first_disk or here != total or length > 600 * limits.entries:
        raise Refusal(Reason.DAMAGED)
    if start + length != size - _END.size:
        raise Refusal(Reason.TWO_IN_ONE)
    return int(start)


def _check_declared(infos: list[zipfile.ZipInfo], limits: Limits) -> None:
    unpacked = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos)
    if unpacked > limits.unpacked or (unpacked > 1_000_000 and unpacked > limits.ratio * packed):
        raise Refusal(Reason.UNPACKS_TOO_LARGE)
    for info in infos:
        if info.flag_bits & _ENCRYPTED_FLAGS or info.compress_type == 99:
            raise Refusal(Reason.ENCRYPTED)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refusal(Reason.DAMAGED)
        name = info.orig_filename
        parts = name.split("/")
        if name.startswith("/") or ".." in parts or "\\" in name or ":" in parts[0] or not name.isprintable():
            raise Refusal(Reason.DAMAGED)


def _entry(source: BinaryIO, info: zipfile.ZipInfo) -> Entry:
    """Check an entry's own header against the directory; programs differ in which of the two they believe."""
    source.seek(info.header_offset)
    header = source.read(_LOCAL.size)
    if len(header) != _LOCAL.size:
        raise Refusal(Reason.DAMAGED)
    mark, _, flags, method, _, _, crc, packed, unpacked, name_size, extra_size = _LOCAL.unpack(header)
    coding = "utf-8" if info.flag_bits & 0x800 else "cp437"
    same = (
        mark == b"PK\x03\x04"
        and method == info.compress_type
        and flags & (_ENCRYPTED_FLAGS | 0x800) == info.flag_bits & (_ENCRYPTED_FLAGS | 0x800)
        and source.read(name_size) == info.orig_filename.encode(coding, "replace")
    )
    # Bit 3: sizes follow the data, and the header holds zeros. All ones: they are in a zip64 field.
    sizes = (crc, packed, unpacked), (info.CRC, info.compress_size, info.file_size)
    told = all(here in (there, 0xFFFFFFFF) for here, there in zip(*sizes, strict=True))
    if not same or not (told or flags & 0x8):
        raise Refusal(Reason.DAMAGED)
    start = info.header_offset + _LOCAL.size + name_size + extra_size
    return Entry(
        info.filename, start, info.compress_size, info.file_size, info.CRC, method == zipfile.ZIP_DEFLATED
    )


def pieces(source: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """The unpacked bytes of an entry, piece by piece; raises Refusal as soon as they are not as declared."""
    source.seek(entry.start)
    left, made, crc = entry.packed, 0, 0
    inflate = zlib.decompressobj(-15) if entry.deflated else None
    waiting = b""
    while left or waiting:
        if not waiting:
            waiting = source.read(min(left, _PIECE))
            left -= len(waiting)
            if not waiting:
                raise Refusal(Reason.DAMAGED)
        if inflate is None:
            piece, waiting = waiting, b""
        else:
            try:
                piece = inflate.decompress(waiting, _PIECE)
            except zlib.error:
                raise Refusal(Reason.DAMAGED) from None
            waiting = inflate.unconsumed_tail
            if inflate.eof and (inflate.unused_data or left):
                raise Refusal(Reason.TWO_IN_ONE)
        made += len(piece)
        if made > entry.unpacked:
            raise Refusal(Reason.UNPACKS_TOO_LARGE)
        crc = zlib.crc32(piece, crc)
        if piece:
            yield piece
    # Output may still be held back when the last input has been taken in.
    while inflate is not None and not inflate.eof and made < entry.unpacked:
        piece = inflate.decompress(b"", _PIECE)
        if not piece:
            break
        made += len(piece)
        crc = zlib.crc32(piece, crc)
        yield piece
    if made != entry.unpacked or crc != entry.crc or (inflate is not None and not inflate.eof):
        raise Refusal(Reason.DAMAGED)
