"""Names of committee members, or codes for them, in lists and in running text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Names:
    """What people are called. coded: whether names are hidden; known: name or code per person; written: (name, code)
    to replace in running text, the longest name first."""

    coded: bool
    known: Mapping[int, str]
    written: tuple[tuple[str, str], ...] = ()

    def of(self, user_id: int | None, name: str = "") -> str:
        """The name of somebody, or the code."""
        if user_id is None:
            return name or "het systeem"
        if user_id in self.known:
            return self.known[user_id]
        return "een medewerker" if self.coded else name

    def text(self, said: str) -> str:
        """Running text, with the names of members of the committee replaced when coded."""
        for name, code in self.written:
            said = re.sub(rf"\b{re.escape(name)}\b", code, said)
        return said


def codes(people: Mapping[int, str], kept: Mapping[int, str]) -> Names:
    """Codes for people (key to name) in the given order: Beoordelaar A, B, …; those in `kept` get what is said there."""
    known: dict[int, str] = {}
    place = 0
    for ident in people:
        if ident in kept:
            known[ident] = kept[ident]
        else:
            known[ident] = f"Beoordelaar {letter(place)}"
            place += 1
    # The longest first, so that no name is replaced inside another.
    pairs = sorted(((name, known[ident]) for ident, name in people.items()), key=lambda p: (-len(p[0]), p))
    return Names(True, known, tuple(pair for pair in pairs if pair[0] != pair[1]))


def letter(place: int) -> str:
    """A, B, … Z, AA, AB, …"""
    text, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(65 + rest) + text
    return text


def for_member(minutes: dict[str, Any], user_id: int | None) -> dict[str, Any]:
    """The facts of minutes as a member gets them: letters for the other assessors, in the order of their accounts."""
    people = {one["user"]: one["name"] for one in sorted(minutes["members"], key=lambda one: one["user"])}
    kept = {one["user"]: one["name"] for one in minutes["members"] if one["role"] == "voorzitter"}
    if user_id in people:
        kept[user_id] = people[user_id]
    names = codes(people, kept)
    return {
        **minutes,
        "chair": names.text(minutes["chair"]),
        "members": [{**one, "name": names.of(one["user"])} for one in minutes["members"]],
        "approved": [{**one, "name": names.text(one["name"])} for one in minutes["approved"]],
        "items": [
            {
                **item,
                "why": [names.text(said) for said in item["why"]],
                "left": [{**one, "name": names.of(one["user"])} for one in item["left"]],
                **{key: names.text(item[key]) for key in ("led_by", "reason", "notes")},
                **({"marks": [_said(one, names) for one in item["marks"]]} if "marks" in item else {}),
            }
            for item in minutes["items"]
        ],
    }


def _said(mark: dict[str, Any], names: Names) -> dict[str, Any]:
    return {**mark, "reason": names.text(mark["reason"])}
