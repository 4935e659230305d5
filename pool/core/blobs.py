"""Files by what they hold: a folder in which the SHA-256 of the bytes is the name.

A file is written beside its place, brought to disk, and renamed; then its folder is brought to disk. Only after
that may a row speak of it, so there is never a row without bytes. Bytes without a row are swept later. Equal
bytes are kept once. The folder may be shared by all processes of one site.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import re
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from flask import current_app

from . import clock

_CHUNK = 1 << 16
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PART = ".part-"


class Lost(RuntimeError):
    """A row speaks of bytes that are not there, or are others than they were."""


def folder() -> Path:
    """Where the files of this site are."""
    return Path(current_app.config["POOL_DATA_DIR"]) / "blobs"


def path_of(sha256: str) -> Path:
    """Where the bytes with this hash belong. Raises ValueError for what is no hash, so that no path is ever typed."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError(f"not a SHA-256: {sha256[:80]!r}")
    return folder() / sha256[:2] / sha256[2:]


def put(source: IO[bytes]) -> tuple[str, int]:
    """Keep what the stream gives, from where it stands; its SHA-256 and its size in bytes.

    When this returns, the bytes are on disk. Raises OSError (a full disk), and then nothing is left behind.
    """
    home = folder()
    home.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=home, prefix=_PART)
    try:
        with os.fdopen(handle, "wb") as kept:
            sha256, size = _copy(source, kept)
            kept.flush()
            os.fsync(kept.fileno())
        with _watch(fcntl.LOCK_SH):
            _settle(Path(temporary), path_of(sha256))
    finally:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
    return sha256, size


def _copy(source: IO[bytes], kept: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
        kept.write(chunk)
    return digest.hexdigest(), size


def _settle(temporary: Path, place: Path) -> None:
    """Give the bytes their name. When they are there already they become young again, so that no sweep takes them."""
    with suppress(FileNotFoundError):
        os.utime(place)
        return
    place.parent.mkdir(exist_ok=True)
    os.rename(temporary, place)
    for directory in (place.parent, place.parent.parent):
        _sync(directory)


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _watch(kind: int) -> Iterator[None]:
    """Hold the folder: shared to keep a file, alone to take one away."""
    with open(folder() / ".lock", "a+b") as lock:
        fcntl.flock(lock, kind)
        yield


def open_(sha256: str) -> io.BufferedReader:
    """The bytes with this hash, to read. Raises Lost when they are not there."""
    try:
        return path_of(sha256).open("rb")
    except FileNotFoundError as error:
        raise Lost(sha256) from error


def problem(sha256: str, size: int) -> str:
    """What is wrong with the bytes of a row, in English for an operator; empty when they are as they were."""
    try:
        with open_(sha256) as kept:
            found = hashlib.file_digest(kept, "sha256").hexdigest()
            length = kept.tell()
    except Lost:
        return f"{sha256}: the bytes are gone"
    return "" if (found, length) == (sha256, size) else f"{sha256}: the bytes are not what they were"


def sweep(wanted: Collection[str], *, older_than: float) -> int:
    """Take away what no row speaks of: unfinished files, and bytes that are not in `wanted`. How many went.

    older_than: seconds. It must be longer than a request can last, because bytes come before their row; a file
    that somebody sends again while this runs becomes young, and stays.
    """
    home, gone = folder(), 0
    if not home.is_dir():
        return 0
    latest = clock.now().timestamp() - older_than
    for place in sorted([*home.glob(f"{_PART}*"), *home.glob("[0-9a-f][0-9a-f]/*")]):
        if place.parent.name + place.name in wanted:
            continue
        with _watch(fcntl.LOCK_EX), suppress(FileNotFoundError):
            if place.stat().st_mtime <= latest:
                place.unlink()
                gone += 1
    return gone
