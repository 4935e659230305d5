"""Every column that can hold text has a line in `fields.csv` that says who may read it.

`fields.csv` is the policy that people review; the words are explained in `tests/support/canary.py`. The crawl of
the whole site, as everybody, is in `tests/faults/test_canary.py`.
"""

from __future__ import annotations

import pytest

from tests.support.canary import WORDS, policy, text_columns

# An application loads every slice, so that every table is known also when this file runs alone.
pytestmark = pytest.mark.usefixtures("shared_app")


def test_every_column_with_text_is_in_the_policy_and_the_reverse() -> None:
    assert {f"{one.table}.{one.column}" for one in policy()} == text_columns()


def test_the_policy_speaks_in_known_words_and_says_nothing_twice() -> None:
    lines = policy()
    assert {word for one in lines for word in one.who | one.known} <= WORDS
    assert len({one.name for one in lines}) == len(lines)


def test_a_new_column_is_missed() -> None:
    """The twin: without one of its lines the policy does not cover the columns."""
    assert {f"{one.table}.{one.column}" for one in policy()[1:]} != text_columns()
