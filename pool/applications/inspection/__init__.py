"""Judge an uploaded file by its content before it is kept.

`inspect` answers `Accepted` or raises `Refusal`, and nothing else. What the file is follows from its bytes;
its name only has to agree. Everything that can run, fetch, hide or explode is refused with a reason that
the applicant can act on. The parsing happens in a short-lived process with bounds on memory and time, so
that no file can slow down or stop the web server. Threats: T36–T38 and T40 of the threat list.

An accepted file is not yet a trusted one: it stays in quarantine until `pool.applications.scanning` found
it clean, and is only ever served as a download under its fixed media type.
"""

import hashlib
import io
import tempfile
from dataclasses import dataclass
from typing import IO

from pool.applications.inspection import apart
from pool.applications.inspection.contents import Kind, check, kind_of
from pool.applications.inspection.names import safe_name, stated_suffix
from pool.applications.inspection.refusal import Limits, Reason, Refusal

__all__ = ["Accepted", "Kind", "Limits", "Reason", "Refusal", "inspect"]

_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file that may be kept: what it is, what to call it, and by which hash to store it."""

    media_type: str
    safe_name: str
    sha256: str
    size: int


def inspect(
    name: str, content: bytes | IO[bytes], limits: Limits = Limits(), *, in_own_process: bool = True
) -> Accepted:
    """Judge a file by its stated name and its content, read from where the stream stands.

    Raises Refusal with a code and a Dutch message; nothing else that a file can cause. Reads at most the
    allowed size and holds no more than a chunk in memory. `in_own_process` is switched off only by tests
    that judge thousands of files, and then nothing bounds memory and time of a PDF.
    """
    source = io.BytesIO(content) if isinstance(content, bytes) else content
    with tempfile.NamedTemporaryFile(prefix="upload-") as kept:
        size, digest = _keep(source, kept, limits)
        kept.seek(0)
        head = kept.read(1024)
        kept.seek(max(0, size - 65_557))
        kind = kind_of(head, kept.read(65_557), stated_suffix(name))
        if in_own_process:
            apart.check(kind, kept.name, limits)
        else:
            check(kind, kept.name, limits)
    return Accepted(kind.media_type, safe_name(name, kind.suffixes), digest, size)


def _keep(
    source: IO[bytes], kept: "tempfile._TemporaryFileWrapper[bytes]", limits: Limits
) -> tuple[int, str]:
    """Copy an upload to a file of our own, counting and hashing; refuse it when empty or too large."""
    size, digest = 0, hashlib.sha256()
    while chunk := source.read(_CHUNK):
        size += len(chunk)
        if size > limits.size:
            raise Refusal(Reason.TOO_LARGE, megabytes=limits.size // 1_000_000)
        digest.update(chunk)
        kept.write(chunk)
    if not size:
        raise Refusal(Reason.EMPTY)
    kept.flush()
    return size, digest.hexdigest()
