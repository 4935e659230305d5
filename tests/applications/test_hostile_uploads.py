"""Hostile files through the service: each is refused with a reason, and nothing of it is kept.

The thousands that are judged by the inspection alone are in `test_inspection_fuzz`; here a sample goes all the way.
"""

from __future__ import annotations

import io
import os
import random
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from pool.applications import inspection, service
from pool.applications.inspection import Reason
from pool.applications.models import ApplicationFile
from pool.core import blobs
from pool.core.db import db
from pool.core.errors import Invalid
from pool.rounds.inputs import DocumentRule
from tests.applications import test_inspection_fuzz as fuzz
from tests.support import uploads
from tests.support.hostile_uploads import ACTIVE_PDFS, HOSTILE_PACKAGES

ANYTHING = DocumentRule("alles", "Wat dan ook", kinds=("pdf", "odt", "ods", "docx", "xlsx", "image"))
SAMPLE = int(os.environ.get("POOL_FUZZ", "2000")) // 10
MUTATIONS: list[Callable[[bytearray, random.Random], None]] = [
    fuzz.flip, fuzz.cut, fuzz.remove, fuzz.insert, fuzz.overwrite, fuzz.repeat,
]  # fmt: skip


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of files are judged without a process of their own for each."""
    apart = inspection.inspect
    monkeypatch.setattr(
        inspection,
        "inspect",
        lambda name, content, limits: apart(name, content, limits, in_own_process=False),
    )


def kept() -> set[str]:
    return {str(p) for p in blobs.folder().rglob("*") if p.is_file() and p.name != ".lock"}


@pytest.mark.parametrize("trick", sorted(ACTIVE_PDFS))
def test_an_active_pdf_is_refused_and_not_kept(app: Flask, trick: str) -> None:
    change, reason = ACTIVE_PDFS[trick]
    before = kept()
    with pytest.raises(Invalid) as caught:
        service.receive(ANYTHING, "plan.pdf", io.BytesIO(uploads.pdf(change)))
    assert caught.value.code == reason.value
    assert (caught.value.field, kept()) == ("file_alles", before)


@pytest.mark.parametrize("trick", sorted(HOSTILE_PACKAGES))
def test_a_hostile_package_is_refused_and_not_kept(app: Flask, trick: str) -> None:
    name, content, _reason = HOSTILE_PACKAGES[trick]
    before = kept()
    with pytest.raises(Invalid) as caught:
        service.receive(ANYTHING, name, io.BytesIO(content))
    assert caught.value.code in {reason.value for reason in Reason}
    assert kept() == before


def test_whatever_comes_in_is_kept_whole_or_refused_with_a_reason(app: Flask) -> None:
    dice = random.Random(20270104)
    good = sorted(uploads.good_files().items())
    # A whole file may still be of a kind that was not asked for here.
    reasons = {reason.value for reason in Reason} | {"kind"}
    taken = 0
    for number in range(SAMPLE):
        name, content = dice.choice(good)
        data = bytearray(content)
        for _ in range(dice.randint(1, 3)):
            if data:
                dice.choice(MUTATIONS)(data, dice)
        stated = dice.choice(fuzz.NAMES).format("." + name.rpartition(".")[2])
        before = kept()
        try:
            entry = service.receive(ANYTHING, stated, io.BytesIO(bytes(data)))
        except Invalid as refusal:
            assert refusal.code in reasons, (number, refusal.code)  # noqa: PT017
            assert "is niet toegevoegd. " in refusal.message, number  # noqa: PT017
            assert kept() == before, number
        else:
            taken += 1
            with blobs.open_(entry.sha256) as found:
                assert found.read() == bytes(data), number
            assert "/" not in entry.name
            assert entry.name.isprintable()
    assert 0 < taken < SAMPLE
    assert db.session.scalars(select(ApplicationFile)).all() == []
