"""Text: Dutch for people, input fit to store, and bytes that hash the same every time."""

import csv
import io
import json
import unicodedata
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from pool.core import text


class State(text.LabeledEnum):
    DRAFT = "draft", "concept"
    REFUSED = "refused", "afgewezen", "error"


def test_a_state_is_its_value_and_knows_its_label() -> None:
    assert State.DRAFT == "draft"
    assert f"{State.REFUSED}" == "refused"
    assert State("refused") is State.REFUSED
    assert (State.REFUSED.label, State.REFUSED.tone) == ("afgewezen", "error")
    assert State.DRAFT.tone == "neutral"
    assert State.choices() == [("draft", "concept"), ("refused", "afgewezen")]
    assert text.canonical_json({"state": State.DRAFT}) == b'{"state":"draft"}'
    with pytest.raises(ValueError):
        State("concept")


def test_a_state_without_a_label_cannot_be_declared() -> None:
    with pytest.raises(TypeError, match="no Dutch label"):
        text.LabeledEnum("Bare", {"DRAFT": "draft"})


def test_dates_and_moments() -> None:
    assert text.format_date(date(2026, 11, 21)) == "21 november 2026"
    assert text.format_date(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)) == "1 januari 2027"
    assert text.format_weekday(date(2026, 11, 21)) == "zaterdag 21 november 2026"
    assert text.format_moment(datetime(2026, 11, 21, 13, 3, 7, tzinfo=UTC)) == "21 november 2026 om 14:03 uur"
    assert text.format_moment(datetime(2026, 7, 1, 12, 0, 7, tzinfo=UTC), seconds=True).endswith(
        "14:00:07 uur"
    )
    with pytest.raises(ValueError):
        text.format_moment(datetime(2026, 11, 21))  # noqa: DTZ001


def test_the_hour_that_occurs_twice_says_which_one() -> None:
    first = text.format_moment(datetime(2027, 10, 31, 0, 30, tzinfo=UTC))
    second = text.format_moment(datetime(2027, 10, 31, 1, 30, tzinfo=UTC))
    assert first == "31 oktober 2027 om 02:30 uur (zomertijd)"
    assert second == "31 oktober 2027 om 02:30 uur (wintertijd)"


def test_numbers() -> None:
    assert text.format_points(71250) == "71,3"
    assert text.format_points(71250, full=True) == "71,250"
    assert text.format_points(-71250) == "-71,3"
    assert text.format_points(100000) == "100,0"
    assert text.format_points(-49) == "0,0"
    assert text.format_percent(125, 1000, decimals=1) == "12,5%"
    assert text.format_percent(21, 28) == "75%"
    assert text.format_percent(1, 0) == "–"
    assert text.format_percent(40) == "40%"
    assert text.format_count(200000) == "200.000"


def test_words() -> None:
    assert text.join_words([]) == ""
    assert text.join_words(["a"]) == "a"
    assert text.join_words(["a", "b"], last="of") == "a of b"
    assert text.join_words(["a", "b", "c"]) == "a, b en c"
    assert [text.plural(n, "aanvraag", "aanvragen") for n in (0, 1, 2)] == [
        "0 aanvragen",
        "1 aanvraag",
        "2 aanvragen",
    ]


def test_clean_takes_out_what_nobody_can_see() -> None:
    assert text.clean("  a\r\nb\rc\x00\x07 \u202egpj.exe\ufeff  ") == "a\nb\nc gpj.exe"
    assert text.clean("e\u0301") == "é"
    assert text.clean("a\tb\ud800") == "a\tb"
    assert text.clean_line(" Veilig\n thuis\u00a0 ") == "Veilig thuis"


@given(st.text(st.characters()))
def test_clean_is_done_after_once(raw: str) -> None:
    once = text.clean(raw)
    assert text.clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode("utf-8")


def test_slugs() -> None:
    assert text.slugify("Één plan: Súdwest-Fryslân!") == "een-plan-sudwest-fryslan"
    assert text.slugify("…") == "zonder-naam"
    assert text.slugify("a" * 79 + " b", max_length=80) == "a" * 79


@pytest.mark.parametrize(
    "bad", ["=1+1", "+31", "-x", "@SUM", "\tx", "\rx", "\nx", "\x00=1", " =1", "＝1", "-1+1", "=", "-"]
)
def test_formulas_are_disarmed(bad: str) -> None:
    assert text.csv_safe(bad) == "'" + bad


@pytest.mark.parametrize(
    ("value", "cell"),
    [(None, ""), ("", ""), (-5, "-5"), ("-0.05", "-0.05"), ("Veilig thuis", "Veilig thuis"), (date(2026, 1, 2), "2026-01-02")],
)  # fmt: skip
def test_harmless_cells_stay_as_they_are(value: object, cell: str) -> None:
    assert text.csv_safe(value) == cell


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_no_exported_cell_starts_a_formula(raw: str) -> None:
    sheet = io.StringIO(newline="")
    csv.writer(sheet).writerow([text.csv_safe(raw), "x"])
    cell = next(csv.reader(io.StringIO(sheet.getvalue(), newline="")))[0]
    assert not cell.lstrip().startswith(("=", "+", "@"))
    assert cell.removeprefix("'") == raw.removeprefix("'")


def test_canonical_json_is_exact() -> None:
    value = {"ë": [1, True, None, ("x",)], "a": {"b": "€"}}
    assert text.canonical_json(value) == '{"a":{"b":"€"},"ë":[1,true,null,["x"]]}'.encode()
    assert text.fingerprint({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


@pytest.mark.parametrize(
    "bad",
    [1.0, float("nan"), Decimal(1), date(2026, 1, 1), {1: "a"}, {"a": [1.5]}, {"a": {2}}, b"x", object()],
)
def test_what_has_no_single_form_is_refused(bad: object) -> None:
    with pytest.raises(TypeError):
        text.canonical_json(bad)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON)
def test_canonical_json_reads_back_and_does_not_depend_on_order(value: object) -> None:
    data = text.canonical_json(value)
    assert json.loads(data) == value
    if isinstance(value, dict):
        assert text.canonical_json(dict(reversed(value.items()))) == data


@given(st.integers(-(10**9), 10**9))
def test_numbers_read_as_babel_writes_them(number: int) -> None:
    """Points and counts are written by hand for speed; Babel's own Dutch says the same."""
    points = Decimal(number).scaleb(-3)
    short = points.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP) + 0
    assert text.format_points(number, full=True) == format_decimal(points, "#,##0.000", locale="nl_NL")
    assert text.format_points(number) == format_decimal(short, "#,##0.0", locale="nl_NL")
    assert text.format_count(number) == format_decimal(number, "#,##0", locale="nl_NL")
