"""The scan client against a clamd that behaves and misbehaves, and against the real one where it is."""

import hashlib
import io
import shutil
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from pool.applications.scanning import ScanState, Verdict, is_available, scan

# In two pieces, so that no scanner finds this file.
EICAR = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}" + "$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*").encode()

Behaviour = Callable[[socket.socket], None]


def receive(connection: socket.socket) -> bytes:
    """Read an INSTREAM command as clamd does; the bytes of the file."""
    source = connection.makefile("rb")
    assert source.read(10) == b"zINSTREAM\0"
    content = b""
    while size := struct.unpack(">I", source.read(4))[0]:
        content += source.read(size)
    return content


def answering(answer: bytes) -> Behaviour:
    def behave(connection: socket.socket) -> None:
        receive(connection)
        connection.sendall(answer)

    return behave


def honest(connection: socket.socket) -> None:
    found = EICAR in receive(connection)
    connection.sendall(b"stream: Eicar-Test FOUND\0" if found else b"stream: OK\0")


def too_large(connection: socket.socket) -> None:
    """What clamd does above StreamMaxLength: say so and hang up while the file is still coming."""
    connection.recv(100)
    connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")


def hasty(connection: socket.socket) -> None:
    """An answer before the end of the file is not an answer about the file."""
    connection.recv(100)
    connection.sendall(b"stream: OK\0")


def silent(connection: socket.socket) -> None:
    receive(connection)
    time.sleep(1)


def endless(connection: socket.socket) -> None:
    receive(connection)
    with suppress(OSError):
        while True:
            connection.sendall(b"x" * 1000)


def dripping(connection: socket.socket) -> None:
    """A letter at a time: never idle for long, never done."""
    receive(connection)
    with suppress(OSError):
        for _ in range(40):
            connection.sendall(b"x")
            time.sleep(0.05)


@contextmanager
def daemon(folder: Path, behave: Behaviour) -> Iterator[str]:
    """A clamd of our own for one connection, at the address that is given."""
    path = folder / "clamd.sock"
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(path))
        door.listen()

        def serve() -> None:
            connection, _ = door.accept()
            with connection, suppress(OSError):
                behave(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield str(path)
        finally:
            thread.join()


@pytest.mark.parametrize(
    ("behave", "state"),
    [
        (answering(b"stream: OK FOUND\0"), ScanState.INFECTED),
        (answering(b"stream: Win.Test-1 FOUND\0"), ScanState.INFECTED),
        (answering(b"stream: OK"), ScanState.UNAVAILABLE),
        (answering(b"OK\0"), ScanState.UNAVAILABLE),
        (answering(b"stream: OK ERROR\0"), ScanState.UNAVAILABLE),
        (answering(b"UNKNOWN COMMAND\0"), ScanState.UNAVAILABLE),
        (answering(b"\0"), ScanState.UNAVAILABLE),
        (answering(b""), ScanState.UNAVAILABLE),
        (answering(b"\xff\xfe\0"), ScanState.UNAVAILABLE),
        (too_large, ScanState.UNAVAILABLE),
        (hasty, ScanState.UNAVAILABLE),
        (silent, ScanState.UNAVAILABLE),
        (endless, ScanState.UNAVAILABLE),
        (dripping, ScanState.UNAVAILABLE),
        (answering(b"stream: OK\0"), ScanState.CLEAN),
    ],
)
def test_only_a_clear_answer_counts(tmp_path: Path, behave: Behaviour, state: ScanState) -> None:
    with daemon(tmp_path, behave) as address:
        started = time.monotonic()
        verdict = scan(io.BytesIO(b"x" * 3_000_000), address, seconds=0.5)
        assert verdict.state is state
        assert time.monotonic() - started < 1
        assert bool(verdict.detail) != (state is ScanState.CLEAN) or behave.__name__ == "behave"


def test_no_scanner_is_no_outcome(tmp_path: Path) -> None:
    for address in (
        str(tmp_path / "absent"),
        "localhost:1",
        "nonsense",
        "localhost:",
        "",
        "unix:",
        "host:99999",
    ):
        assert scan(io.BytesIO(b"x"), address, seconds=1).state is ScanState.UNAVAILABLE
        assert not is_available(address, seconds=1)


def test_the_whole_file_is_sent_and_a_virus_is_named(tmp_path: Path) -> None:
    content = bytes(range(256)) * 1_000
    seen: list[bytes] = []

    def keep(connection: socket.socket) -> None:
        seen.append(receive(connection))
        connection.sendall(b"stream: OK\0")

    with daemon(tmp_path, keep) as address:
        assert scan(io.BytesIO(content), "unix:" + address) == Verdict(ScanState.CLEAN)
    assert seen == [content]
    (tmp_path / "clamd.sock").unlink()
    with daemon(tmp_path, honest) as address:
        assert scan(io.BytesIO(b"x" * 70_000 + EICAR), address) == Verdict(ScanState.INFECTED, "Eicar-Test")


# --- The real one -----------------------------------------------------------------------------------


@pytest.fixture
def clamd(tmp_path: Path) -> Iterator[str]:
    """A real clamd that knows one virus, so that no database has to be fetched."""
    program = shutil.which("clamd")
    if program is None:
        pytest.skip("clamd is not installed")
    database = tmp_path / "database"
    database.mkdir()
    (database / "eicar.hdb").write_text(f"{hashlib.md5(EICAR).hexdigest()}:{len(EICAR)}:Eicar-Test\n")
    address = tmp_path / "clamd.sock"
    settings = tmp_path / "clamd.conf"
    settings.write_text(
        f"LocalSocket {address}\nDatabaseDirectory {database}\nForeground yes\nStreamMaxLength 1M\n"
        f"TemporaryDirectory {tmp_path}\n"
    )
    with subprocess.Popen([program, "-c", str(settings)], stdout=subprocess.DEVNULL) as process:
        try:
            for _ in range(300):
                if is_available(str(address)) or process.poll() is not None:
                    break
                time.sleep(0.1)
            assert process.poll() is None, "clamd did not start"
            yield str(address)
        finally:
            process.terminate()


def test_the_real_scanner_catches_eicar(clamd: str) -> None:
    found = scan(io.BytesIO(EICAR), clamd)
    assert found.state is ScanState.INFECTED
    assert found.detail.startswith("Eicar-Test")
    assert scan(io.BytesIO(b"een gewoon plan"), clamd) == Verdict(ScanState.CLEAN)
    assert scan(io.BytesIO(b"x" * 3_000_000), clamd).state is ScanState.UNAVAILABLE
