"""Ask ClamAV whether a file is infected, over the socket of its daemon (clamd, command INSTREAM).

Fails closed: only the answer 'stream: OK' is clean. A scanner that is absent, slow, full or unclear is
UNAVAILABLE, and the file stays in quarantine until a later scan. Threat T39.
"""

import socket
import struct
import time
from dataclasses import dataclass
from typing import BinaryIO

from pool.core.text import LabeledEnum, clean_line

_CHUNK = 1 << 16
_LONGEST_ANSWER = 4096
_FOUND = " FOUND"


class ScanState(LabeledEnum):
    """What the scanner knows about a file."""

    CLEAN = "clean", "gecontroleerd", "success"
    INFECTED = "infected", "virus gevonden", "error"
    UNAVAILABLE = "unavailable", "nog niet gecontroleerd", "warning"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a scan; `detail` names the virus, or tells an operator why there is no outcome."""

    state: ScanState
    detail: str = ""


def scan(stream: BinaryIO, address: str, *, seconds: float = 60.0) -> Verdict:
    """Send a file, from where the stream stands, to clamd and return its verdict within `seconds`.

    `address` is the path of a socket ('/run/clamav/clamd.ctl', 'unix:/…') or 'host:port' ('tcp://…').
    Raises nothing: a stream that cannot be read was not scanned either.
    """
    deadline = time.monotonic() + seconds
    try:
        with _connect(address, seconds) as connection:
            # clamd breaks off a file that it finds too large, and says so before it hangs up.
            broken = not _send(connection, stream, deadline)
            answer = _answer(connection, deadline)
    except (OSError, ValueError) as error:
        return Verdict(ScanState.UNAVAILABLE, clean_line(str(error)) or type(error).__name__)
    verdict = _read(answer)
    if broken and verdict.state is ScanState.CLEAN:
        return Verdict(ScanState.UNAVAILABLE, "the scanner broke off the file")
    return verdict


def is_available(address: str, *, seconds: float = 5.0) -> bool:
    """Whether clamd answers, for the health page."""
    try:
        with _connect(address, seconds) as connection:
            connection.sendall(b"zPING\0")
            return _answer(connection, time.monotonic() + seconds) == "PONG"
    except (OSError, ValueError):
        return False


def _connect(address: str, seconds: float) -> socket.socket:
    """A connection to clamd. Raises OSError, or ValueError for an address that is none."""
    if address.startswith(("/", "unix:")):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(seconds)
        try:
            connection.connect(address.removeprefix("unix:").replace("//", "/"))
        except OSError:
            connection.close()
            raise
        return connection
    host, _, port = address.removeprefix("tcp://").rpartition(":")
    if not host:
        raise ValueError("the address of clamd is a path or host:port")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=seconds)


def _send(connection: socket.socket, stream: BinaryIO, deadline: float) -> bool:
    """Send the file in chunks; False when clamd stopped listening before the end."""
    try:
        connection.sendall(b"zINSTREAM\0")
        while chunk := stream.read(_CHUNK):
            _allow(connection, deadline)
            connection.sendall(struct.pack(">I", len(chunk)) + chunk)
        connection.sendall(struct.pack(">I", 0))
    except (BrokenPipeError, ConnectionResetError):
        return False
    return True


def _answer(connection: socket.socket, deadline: float) -> str:
    """clamd's answer up to its closing NUL. Raises OSError when it does not come, is cut off or too long."""
    answer = b""
    while not answer.endswith(b"\0"):
        _allow(connection, deadline)
        piece = connection.recv(_LONGEST_ANSWER)
        if not piece or len(answer) > _LONGEST_ANSWER:
            raise ConnectionError("no complete answer from the scanner")
        answer += piece
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()


def _allow(connection: socket.socket, deadline: float) -> None:
    """Let the next step last no longer than what is left."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the scanner took too long")
    connection.settimeout(left)


def _read(answer: str) -> Verdict:
    if answer == "stream: OK":
        return Verdict(ScanState.CLEAN)
    if answer.startswith("stream: ") and answer.endswith(_FOUND):
        return Verdict(ScanState.INFECTED, clean_line(answer.removeprefix("stream: ").removesuffix(_FOUND)))
    return Verdict(ScanState.UNAVAILABLE, clean_line(answer)[:200])
