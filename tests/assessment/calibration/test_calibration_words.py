"""The Dutch sentences: every code that is used has one, every one that stands there is used."""

import re
import string
from pathlib import Path

import pytest

from pool.assessment.calibration import words
from pool.assessment.calibration.words import TEXTS, Remark, number, say

SLICE = Path(words.__file__).parents[1]
SOURCES = {str(path): path.read_text() for path in SLICE.rglob("*.py") if path != Path(words.__file__)}


def test_an_unknown_code_or_a_missing_value_is_refused() -> None:
    with pytest.raises(KeyError):
        say("no_such_code")
    with pytest.raises(KeyError):
        say("grey_zone", k=3)


def test_every_code_in_the_package_has_a_sentence() -> None:
    used = {code for text in SOURCES.values() for code in re.findall(r'Remark\.of\(\s*"(\w+)"', text)}
    assert used
    assert used <= set(TEXTS)


def test_every_sentence_is_used() -> None:
    everything = "\n".join(SOURCES.values())
    idle = {code for code in TEXTS if f'"{code}"' not in everything}
    composed = {code for code in idle if code.startswith("coupling_")}
    # What is said of the agreement on marks is named after what is said of the agreement on scores.
    assert 'replace("agreement_", "marks_")' in everything
    composed |= {code for code in idle if code.replace("marks_", "agreement_") in TEXTS.keys() - idle}
    assert idle - composed == set()


def test_every_sentence_can_be_filled_and_ends_as_one() -> None:
    for code, text in TEXTS.items():
        fields = {name for _, name, _, _ in string.Formatter().parse(text) if name}
        said = say(code, **dict.fromkeys(fields, "x"))
        assert "{" not in said
        assert said.endswith((".", ")."))
        assert said[0].isupper()


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (0.5, "0,5"),
        (4.0, "4"),
        (-0.001, "0"),
        (12.345, "12,35"),
        (7, "7"),
        ("P1", "P1"),
        (100.0, "100"),
        (0.0, "0"),
    ],
)
def test_numbers_are_written_as_a_reader_writes_them(value: float | int | str, wanted: str) -> None:
    assert number(value) == wanted


def test_a_remark_is_the_same_in_whatever_order_it_was_made() -> None:
    assert Remark.of("grey_zone", k=40, percent=55) == Remark.of("grey_zone", percent=55, k=40)
    assert "beste 40 is 55 procent" in Remark.of("grey_zone", k=40, percent=55).text
