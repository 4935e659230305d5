"""Money: strict reading (threat T03), exact writing, exact division."""

from decimal import Decimal
from fractions import Fraction

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from pool.core import money

NBSP = "\u00a0"


@pytest.mark.parametrize(
    "text",
    ["", "  ", "€", "1.50", "1,234.50", "1,000.50", "0.123", "1.2.3", "1.2345", "12.34,50", "1234.567", "1,5",
     "1,234", "1,", ",50", "1 234", "1e309", "1e3", "NaN", "inf", "-Infinity", "0x10", "1_000", "١٢٣", "１２３",
     "007", "00", "-5", "€ -5", "−5", "--5", "+5", "5-", "€€5", "5 €", "1.234,5", "een", "=1+1", "9" * 5000,
     "1\x00", "1\n2"],
)  # fmt: skip
def test_what_is_not_one_clear_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(Vul|Schrijf|Dit bedrag)"):
        money.parse_euros(text)


@pytest.mark.parametrize(
    ("text", "cents"),
    [("0", 0), ("0,50", 50), ("1234", 123400), ("1.234", 123400), ("1.234,50", 123450), ("1234,50", 123450),
     ("€ 1.234", 123400), (f"€{NBSP}1.234,50", 123450), ("€1", 100), (" 12,00 ", 1200), ("1.234,-", 123400),
     ("3.199.042", 319904200), ("100.000.000.000", 10**13)],
)  # fmt: skip
def test_what_a_dutch_person_writes_is_read(text: str, cents: int) -> None:
    assert money.parse_euros(text) == cents


def test_each_slip_has_its_own_advice() -> None:
    for text, advice in (
        ("1,5", "twee cijfers achter de komma"),
        ("1,505", "niet meer dan twee"),
        ("1.50", "niet duidelijk"),
        ("-1", "zonder minteken"),
        ("100.000.000.000,01", "te groot"),
    ):
        with pytest.raises(ValueError, match=advice):
            money.parse_euros(text)
    with pytest.raises(ValueError, match="te groot"):
        money.parse_euros("25.000,01", maximum=25_000_00)


def test_a_minus_sign_only_where_it_is_allowed_and_only_one() -> None:
    for text in ("-5,25", "€ -5,25", "-€ 5,25", "−5,25"):
        assert money.parse_euros(text, allow_negative=True) == -525
    with pytest.raises(ValueError, match="Vul een bedrag in"):
        money.parse_euros("-€ -5", allow_negative=True)


def test_amounts_are_written_the_dutch_way() -> None:
    assert money.format_euros(123450) == f"€{NBSP}1.234,50"
    assert money.format_euros(-123450) == f"€{NBSP}-1.234,50"
    assert money.format_euros(-5) == f"€{NBSP}-0,05"
    assert money.format_euros(319904200, whole=True) == f"€{NBSP}3.199.042"
    assert money.format_euros(319904201, whole=True) == f"€{NBSP}3.199.042,01"
    assert money.format_euros(-300, whole=True) == f"€{NBSP}-3"
    assert money.format_amount(123456789) == "1.234.567,89"
    assert money.format_plain(123450) == "1234.50"
    assert money.format_plain(-5) == "-0.05"


@given(st.integers(-money.MAX_CENTS, money.MAX_CENTS))
def test_an_amount_is_written_as_the_dutch_locale_does(cents: int) -> None:
    euros = Decimal(money.format_plain(cents))
    pattern = f"¤{NBSP}#,##0.00;¤{NBSP}-#,##0.00"
    assert money.format_euros(cents) == format_currency(
        euros, "EUR", pattern, locale="nl_NL", currency_digits=False
    )


@given(st.integers(-money.MAX_CENTS, money.MAX_CENTS))
def test_what_is_written_reads_back(cents: int) -> None:
    for text in (
        money.format_euros(cents),
        money.format_euros(cents, whole=True),
        money.format_amount(cents),
    ):
        assert money.parse_euros(text, allow_negative=True) == cents
    assert Fraction(money.format_plain(cents)) == Fraction(cents, 100)


@given(st.text() | st.text("0123456789.,-€ eE+", max_size=16))
def test_every_text_is_read_or_refused_and_what_is_read_is_what_it_says(text: str) -> None:
    try:
        cents = money.parse_euros(text)
    except ValueError:
        return
    digits = text.strip().lstrip("€").strip().replace(".", "").replace(",--", "").replace(",-", "")
    assert Fraction(digits.replace(",", ".")) * 100 == cents


@given(st.integers(0, 10**13), st.lists(st.integers(0, 10**9), min_size=1, max_size=30))
def test_shares_are_fair_and_add_up(total: int, weights: list[int]) -> None:
    if sum(weights) == 0:
        weights[0] = 1
    parts = money.shares(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < 1
        assert weight or not part


def test_shares_refuse_nonsense_and_break_ties_by_order() -> None:
    assert money.shares(100, [1, 1, 1]) == [34, 33, 33]
    assert money.shares(0, [0, 0]) == [0, 0]
    assert money.shares(0, []) == []
    for total, weights in ((1, []), (1, [0]), (-1, [1]), (1, [2, -1])):
        with pytest.raises(ValueError):
            money.shares(total, weights)
