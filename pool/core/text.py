"""Text: Dutch as people read it, input as it may be stored, and bytes that can be hashed.

Numbers come in as integers and are written out by Babel in the nl_NL locale; nothing here decides
anything, so rounding is for the eye only.
"""

import enum
import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, Literal, Self

from babel import dates, numbers

from pool.core import clock

_LOCALE = "nl_NL"

Tone = Literal["neutral", "info", "success", "warning", "error"]


class LabeledEnum(enum.StrEnum):
    """A set of states that know what they are called: `DRAFT = "draft", "concept", "neutral"`.

    The first text is stored, the second is Dutch for the screen, the third (optional) colours a badge.
    """

    label: str
    tone: Tone

    # The label has a default only because type checkers also read this as the look-up State("draft").
    def __new__(cls, value: str, label: str = "", tone: Tone = "neutral") -> Self:
        if not label:
            raise TypeError(f"{cls.__name__} {value!r} has no Dutch label")
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.tone = tone
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Pairs of value and label, in order of declaration, for a select or radio group."""
        return [(member.value, member.label) for member in cls]


# --- Dutch for people -------------------------------------------------------------------------------


def format_date(value: date | datetime) -> str:
    """'21 november 2026'. A moment counts on the day it has in the Netherlands."""
    return _day(clock.local_date(value) if isinstance(value, datetime) else value)


@lru_cache(maxsize=1024)
def _day(day: date) -> str:
    # Kept, because a list shows the same days again and again and Babel is slow.
    return dates.format_date(day, "d MMMM y", locale=_LOCALE)


def format_weekday(value: date | datetime) -> str:
    """'zaterdag 21 november 2026', for terms and appointments."""
    day = clock.local_date(value) if isinstance(value, datetime) else value
    return dates.format_date(day, "EEEE d MMMM y", locale=_LOCALE)


def format_moment(moment: datetime, *, seconds: bool = False) -> str:
    """'21 november 2026 om 14:03 uur', Dutch time; with `seconds` for receipts ('14:03:07').

    In the hour that occurs twice when summer time ends, it says which of the two is meant.
    """
    local = clock.to_local(moment)
    clock_time = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    which = ""
    if clock.is_repeated_hour(moment):
        which = " (zomertijd)" if local.dst() else " (wintertijd)"
    return f"{format_date(local)} om {clock_time} uur{which}"


def format_points(thousandths: int, *, full: bool = False) -> str:
    """Merit in points: 71250 is '71,3', or in `full` '71,250'. Halves go away from zero."""
    # By hand, because a ranking shows hundreds of these and Babel needs twenty times as long for one.
    size, digits = (abs(thousandths), 3) if full else ((abs(thousandths) + 50) // 100, 1)
    whole, rest = divmod(size, 10**digits)
    return f"{'-' if thousandths < 0 and size else ''}{_grouped(whole)},{rest:0{digits}d}"


def _grouped(whole: int) -> str:
    return f"{whole:,}".replace(",", ".")


def format_percent(part: int, whole: int = 100, *, decimals: int = 0) -> str:
    """'12,5%' for part 125 of whole 1000 with one decimal; a dash when there is no whole to take part of."""
    if whole == 0:
        return "–"
    percentage = Decimal(part) * 100 / Decimal(whole)
    rounded = percentage.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    pattern = "#,##0." + "0" * decimals if decimals else "#,##0"
    return numbers.format_decimal(rounded, pattern, locale=_LOCALE) + "%"


def format_count(count: int) -> str:
    """'1.234'."""
    return f"{'-' if count < 0 else ''}{_grouped(abs(count))}"


def join_words(words: Sequence[str], *, last: str = "en") -> str:
    """'a, b en c'; with last='of' for a choice. Dutch has no comma before the last word."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def plural(count: int, one: str, many: str) -> str:
    """'1 aanvraag', '0 aanvragen', '1.234 aanvragen'."""
    return f"{format_count(count)} {one if count == 1 else many}"


# --- What people type, made fit to store ------------------------------------------------------------

# Control characters but for tab and line end, lone surrogates, the byte order mark, and marks that turn the
# direction of text around: those can make a name or an amount read as another one.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_LINE_ENDS = re.compile("\r\n|\r|\u2028|\u2029|\x0b|\x0c|\x85")


def clean(text: str) -> str:
    """Text from a form as it is stored: NFC, lines end in LF, no control or direction marks, trimmed.

    Tabs and line ends stay. Cleaning twice gives the same as cleaning once. Lone surrogates go as well,
    because they cannot be written as UTF-8.
    """
    return unicodedata.normalize("NFC", _UNWANTED.sub("", _LINE_ENDS.sub("\n", text))).strip()


def clean_line(text: str) -> str:
    """As `clean`, on one line: every run of white space becomes one space. For titles and names."""
    return " ".join(clean(text).split())


def slugify(text: str, *, max_length: int = 80, fallback: str = "zonder-naam") -> str:
    """Lower-case ASCII words joined by hyphens, for addresses and file names: 'Één plan!' is 'een-plan'."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return slug[:max_length].strip("-") or fallback


# --- Text for programs ------------------------------------------------------------------------------

_FORMULA_STARTS = frozenset("=+-@\t\r\n\x00＝＋－＠")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def csv_safe(value: object) -> str:
    """A value for a CSV cell that no spreadsheet takes for a formula.

    Text that a spreadsheet could run gets an apostrophe in front (OWASP ASVS 1.2.10); plain numbers, also
    negative ones, stay numbers; None is empty. White space in front is looked through, because some
    spreadsheets trim it first. The csv module still has to quote the cell.
    """
    if value is None:
        return ""
    text = str(value)
    if _NUMBER.fullmatch(text):
        return text
    if text[:1] in _FORMULA_STARTS or text.lstrip()[:1] in _FORMULA_STARTS:
        return "'" + text
    return text


def as_json(value: object) -> Any:
    """Tuples as lists, all the way down, so that a value equals what comes back from JSON."""
    if isinstance(value, dict):
        return {key: as_json(inner) for key, inner in value.items()}
    return [as_json(inner) for inner in value] if isinstance(value, list | tuple) else value


def canonical_json(value: object) -> bytes:
    """The one way to write a value as JSON, so that equal facts have equal bytes and one SHA-256.

    UTF-8 without escapes, keys sorted by code point, no white space, a list for a tuple. Raises TypeError
    for what has no single form: floats, keys that are not text, and everything else that is not text,
    integer, boolean, None, list or mapping. Dates, moments and decimals must be written as text first.
    """
    _check_canonical(value)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def _check_canonical(value: object) -> None:
    if value is None or isinstance(value, str | int):
        return
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"a key in canonical JSON is text, not {type(key).__name__}")
            _check_canonical(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _check_canonical(item)
    else:
        raise TypeError(f"{type(value).__name__} has no canonical form in JSON")


def sha256_hex(data: bytes) -> str:
    """The SHA-256 of some bytes as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def fingerprint(value: Mapping[str, object]) -> str:
    """The SHA-256 of the canonical JSON of a record: what a version, rule set or decision is known by."""
    return sha256_hex(canonical_json(dict(value)))
