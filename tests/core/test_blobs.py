"""Files by what they hold: whole or not at all, once, and swept only when nobody speaks of them."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from pool.core import blobs, downloads

DATA = b"Een plan.\n" * 1000
SHA = hashlib.sha256(DATA).hexdigest()
DAY = 86_400.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Path]:
    """A site of its own, with only the folder that matters here."""
    app = Flask("store")
    app.config["POOL_DATA_DIR"] = tmp_path
    with app.test_request_context():
        yield tmp_path / "blobs"


def kept(store: Path) -> list[str]:
    """What is in the folder, beside its lock."""
    return sorted(str(p.relative_to(store)) for p in store.rglob("*") if p.is_file() and p.name != ".lock")


def age(store: Path, name: str, seconds: float = 2 * DAY) -> None:
    old = (store / name).stat().st_mtime - seconds
    os.utime(store / name, (old, old))


NAME = f"{SHA[:2]}/{SHA[2:]}"


def test_a_file_is_kept_under_its_hash_and_once(store: Path) -> None:
    assert blobs.put(io.BytesIO(DATA)) == (SHA, len(DATA))
    assert blobs.put(io.BytesIO(DATA)) == (SHA, len(DATA))
    assert kept(store) == [NAME]
    with blobs.open_(SHA) as found:
        assert found.read() == DATA
    assert blobs.problem(SHA, len(DATA)) == ""


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "\n", "a" * 65, "/" + "a" * 63]
)
def test_what_is_no_hash_is_no_path(store: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        blobs.path_of(name)


def test_absent_and_changed_bytes_are_noticed(store: Path) -> None:
    with pytest.raises(blobs.Lost):
        blobs.open_(SHA)
    assert "gone" in blobs.problem(SHA, len(DATA))
    blobs.put(io.BytesIO(DATA))
    (store / NAME).write_bytes(DATA[:-1] + b"!")
    assert "not what they were" in blobs.problem(SHA, len(DATA))
    with pytest.raises(downloads.Unavailable):
        downloads.give("0" * 64, "plan.pdf", "application/pdf")


class Full(io.RawIOBase):
    """A stream whose bytes no longer fit on the disk of who reads it."""

    def __init__(self, at: int) -> None:
        self.left = at

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self.left <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        size = min(len(buffer), self.left)
        buffer[:size] = b"x" * size
        self.left -= size
        return size


def test_a_full_disk_leaves_no_half_file(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OSError, match="No space left"):
        blobs.put(Full(200_000))
    assert kept(store) == []

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(blobs.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        blobs.put(io.BytesIO(DATA))
    assert kept(store) == []


def test_the_bytes_are_on_disk_before_they_have_their_name(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    fsync, rename = os.fsync, os.rename
    monkeypatch.setattr(blobs.os, "fsync", lambda handle: (done.append("fsync"), fsync(handle))[1])
    monkeypatch.setattr(blobs.os, "rename", lambda a, b: (done.append("rename"), rename(a, b))[1])
    blobs.put(io.BytesIO(DATA))
    assert done == ["fsync", "rename", "fsync", "fsync"]


def test_the_sweep_takes_what_is_old_and_unknown(store: Path) -> None:
    assert blobs.sweep([], older_than=DAY) == 0
    for data in (DATA, b"weg", b"jong"):
        blobs.put(io.BytesIO(data))
    gone = hashlib.sha256(b"weg").hexdigest()
    (store / ".part-afgebroken").write_bytes(b"half")
    for name in (NAME, f"{gone[:2]}/{gone[2:]}", ".part-afgebroken"):
        age(store, name)
    assert blobs.sweep([SHA], older_than=DAY) == 2
    young = hashlib.sha256(b"jong").hexdigest()
    assert kept(store) == sorted([NAME, f"{young[:2]}/{young[2:]}"])


def test_a_file_that_comes_again_while_the_sweep_runs_stays(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the list of what is unknown and the sweep somebody sends the same bytes: their row must keep them."""
    blobs.put(io.BytesIO(DATA))
    age(store, NAME)
    watch = blobs._watch

    def meanwhile(kind: int) -> Any:
        monkeypatch.setattr(blobs, "_watch", watch)
        blobs.put(io.BytesIO(DATA))
        return watch(kind)

    monkeypatch.setattr(blobs, "_watch", meanwhile)
    assert blobs.sweep([], older_than=DAY) == 0
    assert kept(store) == [NAME]


def test_many_at_once_keep_one_whole_file(store: Path) -> None:
    app = Flask("store")
    app.config["POOL_DATA_DIR"] = store.parent
    gate, found = threading.Barrier(8), []

    def run() -> None:
        with app.app_context():
            gate.wait()
            found.append(blobs.put(io.BytesIO(DATA)))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [(SHA, len(DATA))] * 8
    assert kept(store) == [NAME]


def test_a_download_is_never_a_page(store: Path) -> None:
    blobs.put(io.BytesIO(DATA))
    response = downloads.give(SHA, "plan “één”.pdf", "application/pdf")
    response.direct_passthrough = False
    assert response.get_data() == DATA
    response.close()
    headers = response.headers
    assert headers["Content-Disposition"].startswith("attachment; filename=")
    assert "filename*=UTF-8''plan%20%E2%80%9C%C3%A9%C3%A9n%E2%80%9D.pdf" in headers["Content-Disposition"]
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Length"] == str(len(DATA))
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
