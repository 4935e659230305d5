"""Money: whole cents as integers, read and written the Dutch way. No float ever touches an amount."""

import re
from collections.abc import Sequence
from decimal import Decimal

from babel.numbers import format_decimal

Cents = int

MAX_CENTS: Cents = 10**13
"""The largest amount a person may enter: € 100 billion. It fits every database and spreadsheet."""

_LOCALE = "nl_NL"
_BLANKS = " \u00a0\u202f"

# Digits are spelled out because \d also accepts the digits of other scripts.
_AMOUNT = re.compile(
    rf"(?P<before>[-−]?)(?:€[{_BLANKS}]*)?(?P<after>[-−]?)"
    r"(?P<euros>0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:\.[0-9]{3})+)"
    r"(?:,(?P<cents>[0-9]{2}|-{1,2}))?"
)
_ONE_DECIMAL = re.compile(r"[0-9.]+,[0-9]")
_MORE_DECIMALS = re.compile(r"[0-9.]+,[0-9]{3,}")

_SHAPE = "Vul een bedrag in euro's in, bijvoorbeeld 1.234,50 of 1234."


def parse_euros(text: str, *, allow_negative: bool = False, maximum: Cents = MAX_CENTS) -> Cents:
    """Read an amount as a Dutch person writes it; the answer is in cents.

    Accepted: '1234', '1.234', '1.234,50', '€ 1.234,50' and '1.234,-' (whole euros). A point groups
    thousands and nothing else. Refused, with a ValueError in Dutch for beside the field: everything that
    could mean two amounts ('1.50', '1,234.50', '0.123'), one decimal ('1234,5' is more often a slip than
    fifty cents), more than two decimals, exponents, NaN, other scripts' digits, and a minus sign unless
    `allow_negative`. `maximum` holds for the size without the sign.
    """
    entered = text.strip()
    if not entered:
        raise ValueError("Vul een bedrag in.")
    match = _AMOUNT.fullmatch(entered)
    if match is None:
        raise ValueError(_why_not(entered))
    if match["before"] and match["after"]:
        raise ValueError(_SHAPE)
    euros = match["euros"].replace(".", "")
    # Python refuses to read endless digits into a number; the length says enough here.
    if len(euros) > 15:
        raise ValueError(_too_large(maximum))
    decimals = match["cents"] or "00"
    cents = int(euros) * 100 + (0 if decimals.startswith("-") else int(decimals))
    if cents > maximum:
        raise ValueError(_too_large(maximum))
    if match["before"] or match["after"]:
        if not allow_negative:
            raise ValueError("Vul een bedrag in zonder minteken.")
        return -cents
    return cents


def _why_not(entered: str) -> str:
    """The most helpful sentence for an amount that cannot be read."""
    digits = entered.removeprefix("€").lstrip(_BLANKS).lstrip("-−")
    if _ONE_DECIMAL.fullmatch(digits):
        return "Schrijf twee cijfers achter de komma, bijvoorbeeld 1.234,50."
    if _MORE_DECIMALS.fullmatch(digits):
        return "Schrijf niet meer dan twee cijfers achter de komma."
    if "." in digits and re.fullmatch(r"[0-9.,]+", digits):
        return (
            "Dit bedrag is niet duidelijk. Gebruik een komma voor de centen en een punt alleen tussen "
            "duizendtallen, bijvoorbeeld 1.234,50."
        )
    return _SHAPE


def _too_large(maximum: Cents) -> str:
    return f"Dit bedrag is te groot. Vul niet meer in dan {format_euros(maximum, whole=True)}."


def format_euros(cents: Cents, *, whole: bool = False) -> str:
    """'€ 1.234,50' with a space that does not break; below zero '€ -1.234,50'.

    `whole` leaves out ',00' when there are no cents, for tables with round amounts. It never rounds.
    """
    # By hand, because a list shows a hundred of these and Babel needs twenty times as long for one.
    euros, rest = divmod(abs(cents), 100)
    digits = f"{euros:,}".replace(",", ".")
    decimals = "" if whole and rest == 0 else f",{rest:02d}"
    return f"€\u00a0{'-' if cents < 0 else ''}{digits}{decimals}"


def format_amount(cents: Cents) -> str:
    """'1.234,50' without the sign: how a stored amount returns in a form field; `parse_euros` reads it."""
    return format_decimal(_euros(cents), "#,##0.00", locale=_LOCALE)


def format_plain(cents: Cents) -> str:
    """'1234.50': for CSV and other files that programs read."""
    sign = "-" if cents < 0 else ""
    euros, rest = divmod(abs(cents), 100)
    return f"{sign}{euros}.{rest:02d}"


def _euros(cents: Cents) -> Decimal:
    """Exact euros. Built from text, because arithmetic on Decimal rounds to the digits of a context."""
    return Decimal(format_plain(cents))


def shares(total: Cents, weights: Sequence[int]) -> list[Cents]:
    """Divide a total in proportion to whole weights; the shares add up to exactly the total.

    Largest remainder: everyone gets the share rounded down, and the cents left go one by one to the
    largest remainders; equal remainders go to whoever stands first. A weight of zero gets nothing. Raises
    ValueError for a negative total or weight, and for something to divide with no weight to divide it by.
    """
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("a total and its weights are zero or more")
    whole = sum(weights)
    if whole == 0:
        if total:
            raise ValueError("there is no weight to divide by")
        return [0] * len(weights)
    divided = [divmod(total * weight, whole) for weight in weights]
    result = [quotient for quotient, _ in divided]
    by_remainder = sorted(range(len(weights)), key=lambda place: (-divided[place][1], place))
    for place in by_remainder[: total - sum(result)]:
        result[place] += 1
    return result
