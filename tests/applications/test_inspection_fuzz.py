"""Thousands of generated uploads: each is accepted or refused with a reason, and nothing else happens.

The generator is seeded, so a failure names the number that makes it again. POOL_FUZZ sets how many
(default 2,000; 10,000 before a release).
"""

import hashlib
import io
import os
import random
import time
import zipfile
from collections.abc import Callable, Iterator

import pytest

from pool.applications.inspection import Accepted, Kind, Refusal, inspect
from tests.support import uploads
from tests.support.hostile_uploads import ACTIVE_PDFS, HOSTILE_PACKAGES

COUNT = int(os.environ.get("POOL_FUZZ", "2000"))
CHUNKS = 8

WORDS = [
    b"\0", b"\xff\xff\xff\xff", b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"%PDF-1.7", b"%%EOF", b"/JS", b"/#4a#53",
    b"<<", b">>", b"[" * 200, b"<x>" * 200, b"endobj", b"stream\n", b"obj\n", b"xref\n", b"trailer", b"/ObjStm",
    b"/Filter/FlateDecode", b"/Prev 0", b"/Length 99999999", b"1 0 R", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"<script>",
    b"]]>", b"&a;", b"\xff\xd8", b"\xff\xd9", b"\xff\xda", b"IHDR", b"IEND", b"\x00\x00\x00\x00",
]  # fmt: skip
NAMES = [
    "plan{}", "../../plan{}", "C:\\plan{}", "CON{}", "plan{}.exe", "plan.exe{}", "pl\u202ean{}", "plan\0{}", "plan\r\n{}", "a" * 300 + "{}",
    "é" * 300 + "{}", "\ud83d{}", "", ".", "..", "{}", "plan{} ", "plan{}::$DATA", "<svg onload=x>{}", "plan\uff0e{}", "=cmd{}",
]  # fmt: skip


def flip(data: bytearray, dice: random.Random) -> None:
    for _ in range(dice.randint(1, 8)):
        data[dice.randrange(len(data))] = dice.randrange(256)


def cut(data: bytearray, dice: random.Random) -> None:
    del data[dice.randrange(len(data)) :]


def remove(data: bytearray, dice: random.Random) -> None:
    start = dice.randrange(len(data))
    del data[start : start + dice.randint(1, 60)]


def insert(data: bytearray, dice: random.Random) -> None:
    place = dice.randrange(len(data))
    data[place:place] = dice.choice(WORDS)


def overwrite(data: bytearray, dice: random.Random) -> None:
    place, word = dice.randrange(len(data)), dice.choice(WORDS)
    data[place : place + len(word)] = word


def repeat(data: bytearray, dice: random.Random) -> None:
    start = dice.randrange(len(data))
    piece = data[start : start + dice.randint(1, 400)]
    data[start:start] = piece * dice.randint(1, 50)


def blow_up(data: bytearray, dice: random.Random) -> None:
    """Make some number that counts or points somewhere as large as it can be."""
    place = dice.randrange(len(data))
    data[place : place + 4] = dice.choice([b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff", b"\0\0\0\x80"])


def noise(data: bytearray, dice: random.Random) -> None:
    data[dice.randrange(len(data)) :] = dice.randbytes(dice.randint(1, 2_000))


CHANGES: list[Callable[[bytearray, random.Random], None]] = [
    flip, cut, remove, insert, overwrite, repeat, blow_up, noise,
]  # fmt: skip


def bases() -> list[tuple[str, bytes]]:
    files = [("." + name.rpartition(".")[2], content) for name, content in uploads.good_files().items()]
    files += [("." + name.rpartition(".")[2], content) for name, content, _ in HOSTILE_PACKAGES.values()]
    for change, _ in ACTIVE_PDFS.values():
        files += [(".pdf", uploads.pdf(change)), (".pdf", uploads.packed_pdf(change))]
    return [*files, (".svg", b"<svg onload='x'/>"), (".html", b"<!DOCTYPE html><script>x</script>")]


def generated(chunk: int) -> Iterator[tuple[int, str, bytes]]:
    """The hostile uploads of one chunk, each from its own number alone."""
    files = bases()
    for number in range(chunk, COUNT, CHUNKS):
        dice = random.Random(number)
        suffix, content = dice.choice(files)
        data = bytearray(content)
        for _ in range(dice.randint(1, 4)):
            if data:
                dice.choice(CHANGES)(data, dice)
        if content.startswith(b"PK") and dice.random() < 0.7:
            data = change_a_part(content, dice)
        if dice.random() < 0.1:
            data += dice.choice(files)[1]
        if dice.random() < 0.1:
            suffix = dice.choice(files)[0]
        yield number, dice.choice(NAMES).replace("{}", suffix), bytes(data)


def change_a_part(content: bytes, dice: random.Random) -> bytearray:
    """A sound zip of which the inside changed: what gets past the door of the package."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    data = bytearray(parts[name := dice.choice(list(parts))])
    for _ in range(dice.randint(0, 2)):
        if data:
            dice.choice(CHANGES)(data, dice)
    return bytearray(uploads.zipped({**parts, name: bytes(data)}))


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_generated_uploads_are_accepted_or_refused_with_a_reason(chunk: int) -> None:
    outcomes = {"accepted": 0, "refused": 0}
    for number, name, content in generated(chunk):
        started = time.process_time()
        outcome = judge(name, content, number)
        if isinstance(outcome, Refusal):
            outcomes["refused"] += 1
            assert outcome.code, number
            assert outcome.message.endswith("."), number
            assert outcome.message.isprintable(), number
        else:
            outcomes["accepted"] += 1
            check_accepted(outcome, content, number)
        assert time.process_time() - started < 1, number
    assert outcomes["refused"] > outcomes["accepted"]


def judge(name: str, content: bytes, number: int) -> Accepted | Refusal:
    """One outcome of the two; one in twenty goes to the process of its own, the rest stays here for speed."""
    try:
        return inspect(name, content, in_own_process=number % 20 == 0)
    except Refusal as refusal:
        return refusal
    except Exception as error:
        pytest.fail(f"upload {number} ({name!r}) gave {error!r}")


def check_accepted(accepted: Accepted, content: bytes, number: int) -> None:
    kind = Kind(next(kind for kind in Kind if kind.media_type == accepted.media_type))
    assert accepted.safe_name.endswith(kind.suffixes), number
    assert accepted.safe_name.isprintable(), number
    assert not set("/\\:") & set(accepted.safe_name), number
    assert accepted.sha256 == hashlib.sha256(content).hexdigest(), number
    assert accepted.size == len(content), number
    assert content.startswith((b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff")), number
