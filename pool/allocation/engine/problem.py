"""The question: applications, ceiling and rules of one round, read and checked field by field.

Money is in integer cents, merit in integer thousandths of a point, values in integer nano-points
(10⁻⁹ point). The file format is `pool-allocation-problem/1`. Every field is required and no unknown
field is accepted, so that the canonical JSON of what was read equals that of what was given.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SCHEMA = "pool-allocation-problem/1"
MERIT_MAX = 100_000
"""Highest merit, in thousandths of a point."""
NANO_PER_THOUSANDTH = 1_000_000
"""Nano-points in one thousandth of a point."""
MONEY_MAX = 10**13
"""Highest amount accepted, in cents: a hundred thousand million euros."""
STEP_MAX = 10**9
"""Highest spread step accepted, in thousandths of a point."""


@dataclass(frozen=True)
class FieldError:
    """One wrong field: where (`path`), what was found (`what`) and why it is refused (`why`)."""

    path: str
    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.path}: {self.what}: {self.why}"


class ProblemError(ValueError):
    """The problem file is wrong; `errors` lists every wrong field that was found."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(str(error) for error in self.errors))


@dataclass(frozen=True)
class Bounds:
    """Limits on a region or theme: number of awards, and amount in cents; None is no limit."""

    id: str
    min_awards: int = 0
    max_awards: int | None = None
    max_amount: int | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "min_awards": self.min_awards,
            "max_awards": self.max_awards,
            "max_amount": self.max_amount,
        }


@dataclass(frozen=True)
class Application:
    """One application: merit in thousandths, amounts in cents, `decision` free, in or out."""

    id: str
    merit: int
    requested: int
    minimum: int
    regions: tuple[str, ...]
    theme: str | None
    decision: str = "free"

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "merit": self.merit,
            "requested": self.requested,
            "minimum": self.minimum,
            "regions": list(self.regions),
            "theme": self.theme,
            "decision": self.decision,
        }


@dataclass(frozen=True)
class Problem:
    """A checked problem. Build one with `parse_problem`; change one with `dataclasses.replace`."""

    name: str
    ceiling: int
    amount_step: int
    basis: str
    reference_amount: int | None
    steps: tuple[int, ...]
    joint: str
    min_merit: int
    regions: tuple[Bounds, ...]
    themes: tuple[Bounds, ...]
    applications: tuple[Application, ...]
    exclusive: tuple[tuple[str, ...], ...]
    requires: tuple[tuple[str, str], ...]
    seed: str

    def to_dict(self) -> dict[str, Any]:
        """The problem as the file has it; `parse_problem(p.to_dict()) == p`."""
        value: dict[str, Any] = {"basis": self.basis}
        if self.basis == "amount":
            value["reference_amount"] = self.reference_amount
        return {
            "schema": SCHEMA,
            "name": self.name,
            "ceiling": self.ceiling,
            "amount_step": self.amount_step,
            "value": value,
            "spread": {"steps": list(self.steps), "joint": self.joint},
            "min_merit": self.min_merit,
            "regions": [region.to_dict() for region in self.regions],
            "themes": [theme.to_dict() for theme in self.themes],
            "applications": [application.to_dict() for application in self.applications],
            "exclusive": [list(group) for group in self.exclusive],
            "requires": [list(pair) for pair in self.requires],
            "ties": {"seed": self.seed},
        }

    @property
    def sha256(self) -> str:
        """SHA-256 (hex) of the canonical JSON; in an outcome it names the problem answered."""
        return sha256(self)

    def counted_regions(self, application: Application) -> tuple[str, ...]:
        """Regions in which the application counts: all of them, or with joint `lead` the first."""
        return application.regions if self.joint == "every" else application.regions[:1]

    def slope(self, application: Application) -> int:
        """Nano-points that one `amount_step` more or less is worth (ALLOCATION, `c`)."""
        whole = application.merit * NANO_PER_THOUSANDTH * self.amount_step
        base = application.requested if self.basis == "application" else self.reference_amount
        assert base is not None
        return whole // base

    def value(self, application: Application, amount: int) -> int:
        """Value in nano-points of awarding `amount` cents (a multiple of the step)."""
        if self.basis == "application":
            short = (application.requested - amount) // self.amount_step
            return application.merit * NANO_PER_THOUSANDTH - self.slope(application) * short
        return self.slope(application) * (amount // self.amount_step)

    def bonus(self, awards: int) -> int:
        """Spread bonus in nano-points of a region with that many awards."""
        return sum(self.steps[:awards]) * NANO_PER_THOUSANDTH

    def lot(self, identifier: str) -> str:
        """The lot of an application: SHA-256 of seed, bar, id; the lowest is drawn first."""
        return hashlib.sha256(f"{self.seed}|{identifier}".encode()).hexdigest()


def canonical_json(problem: Problem | Mapping[str, Any]) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces: the form that is hashed."""
    data = problem.to_dict() if isinstance(problem, Problem) else problem
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256(problem: Problem | Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the canonical JSON."""
    return hashlib.sha256(canonical_json(problem)).hexdigest()


def parse_problem(source: Mapping[str, Any] | str | bytes | Problem) -> Problem:
    """Read a problem from a mapping or JSON text.

    Raises `ProblemError` that lists every wrong field with its path, what was found and why it is
    wrong. A `Problem` is returned as it is.
    """
    if isinstance(source, Problem):
        return source
    if isinstance(source, (str, bytes)):
        source = _load(source)
    return _Reader().problem(source)


def _load(text: str | bytes) -> Mapping[str, Any]:
    def no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in pairs:
            if key in result:
                raise ProblemError([FieldError(key, "given twice", "a field may appear once")])
            result[key] = value
        return result

    try:
        loaded = json.loads(text, object_pairs_hook=no_duplicates)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ProblemError([FieldError("$", "not JSON", str(error))]) from error
    if not isinstance(loaded, dict):
        raise ProblemError([FieldError("$", _show(loaded), "must be an object")])
    return loaded


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


class _Reader:
    """Collects the errors while reading, so that a user sees all of them at once."""

    def __init__(self) -> None:
        self.errors: list[FieldError] = []

    def wrong(self, path: str, value: object, why: str) -> None:
        self.errors.append(FieldError(path, _show(value), why))

    def fields(self, value: object, path: str, names: Sequence[str]) -> dict[str, Any] | None:
        if not isinstance(value, Mapping):
            self.wrong(path, value, "must be an object")
            return None
        prefix = "" if path == "$" else path + "."
        for name in names:
            if name not in value:
                self.errors.append(FieldError(prefix + name, "missing", "is required"))
        for name in value:
            if name not in names:
                self.wrong(f"{prefix}{name}", value[name], "is not a field of this format")
        return dict(value) if all(name in value for name in names) else None

    def whole(self, value: object, path: str, low: int, high: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            self.wrong(path, value, "must be a whole number")
        elif not low <= value <= high:
            self.wrong(path, value, f"must lie between {low} and {high}")
        else:
            return value
        return low

    def text(self, value: object, path: str) -> str:
        if not isinstance(value, str):
            self.wrong(path, value, "must be text")
            return ""
        try:
            value.encode()
        except UnicodeEncodeError:
            self.wrong(path, value, "must be encodable as UTF-8")
            return ""
        return value

    def identifier(self, value: object, path: str) -> str:
        text = self.text(value, path)
        if isinstance(value, str) and not text:
            self.wrong(path, value, "must not be empty")
        return text

    def choice(self, value: object, path: str, choices: Sequence[str]) -> str:
        if not isinstance(value, str) or value not in choices:
            self.wrong(path, value, "must be one of " + ", ".join(choices))
            return choices[0]
        return value

    def items(self, value: object, path: str) -> list[Any]:
        if not isinstance(value, (list, tuple)):
            self.wrong(path, value, "must be a list")
            return []
        return list(value)

    def unique(self, names: Sequence[str], path: str, suffix: str = ".id") -> None:
        seen: set[str] = set()
        for index, name in enumerate(names):
            if name in seen:
                self.wrong(f"{path}[{index}]{suffix}", name, "was named before")
            seen.add(name)

    def problem(self, source: object) -> Problem:
        names = (
            "schema",
            "name",
            "ceiling",
            "amount_step",
            "value",
            "spread",
            "min_merit",
            "regions",
            "themes",
            "applications",
            "exclusive",
            "requires",
            "ties",
        )
        data = self.fields(source, "$", names)
        if data is None:
            raise ProblemError(self.errors)
        self.choice(data["schema"], "schema", (SCHEMA,))
        step = self.whole(data["amount_step"], "amount_step", 1, MONEY_MAX)
        basis, reference = self.value_basis(data["value"])
        steps, joint = self.spread(data["spread"])
        regions = self.bounds(data["regions"], "regions")
        themes = self.bounds(data["themes"], "themes")
        known = {region.id for region in regions}, {theme.id for theme in themes}
        applications = tuple(
            application
            for index, item in enumerate(self.items(data["applications"], "applications"))
            if (application := self.application(item, f"applications[{index}]", step, *known))
        )
        self.unique([application.id for application in applications], "applications")
        ids = {application.id for application in applications}
        ties = self.fields(data["ties"], "ties", ("seed",))
        result = Problem(
            name=self.text(data["name"], "name"),
            ceiling=self.whole(data["ceiling"], "ceiling", 0, MONEY_MAX),
            amount_step=step,
            basis=basis,
            reference_amount=reference,
            steps=steps,
            joint=joint,
            min_merit=self.whole(data["min_merit"], "min_merit", 0, MERIT_MAX + 1),
            regions=regions,
            themes=themes,
            applications=applications,
            exclusive=self.groups(data["exclusive"], "exclusive", ids, lambda n: n >= 2, "two or more"),
            requires=tuple(
                (pair[0], pair[1])
                for pair in self.groups(data["requires"], "requires", ids, lambda n: n == 2, "exactly two")
            ),
            seed=self.text(ties["seed"], "ties.seed") if ties else "",
        )
        if self.errors:
            raise ProblemError(self.errors)
        return result

    def value_basis(self, value: object) -> tuple[str, int | None]:
        basis = value.get("basis") if isinstance(value, Mapping) else None
        names = ("basis", "reference_amount") if basis == "amount" else ("basis",)
        data = self.fields(value, "value", names)
        if data is None:
            return "application", None
        chosen = self.choice(data["basis"], "value.basis", ("application", "amount"))
        if chosen == "application":
            return chosen, None
        return chosen, self.whole(data["reference_amount"], "value.reference_amount", 1, MONEY_MAX)

    def spread(self, value: object) -> tuple[tuple[int, ...], str]:
        data = self.fields(value, "spread", ("steps", "joint"))
        if data is None:
            return (), "every"
        steps = [
            self.whole(step, f"spread.steps[{index}]", 0, STEP_MAX)
            for index, step in enumerate(self.items(data["steps"], "spread.steps"))
        ]
        for index in range(1, len(steps)):
            if steps[index] > steps[index - 1]:
                self.wrong(f"spread.steps[{index}]", steps[index], "must not exceed the step before it")
        return tuple(steps), self.choice(data["joint"], "spread.joint", ("every", "lead"))

    def bounds(self, value: object, path: str) -> tuple[Bounds, ...]:
        result = []
        for index, item in enumerate(self.items(value, path)):
            here = f"{path}[{index}]"
            data = self.fields(item, here, ("id", "min_awards", "max_awards", "max_amount"))
            if data is None:
                continue
            least = self.whole(data["min_awards"], f"{here}.min_awards", 0, 10**9)
            most, amount = data["max_awards"], data["max_amount"]
            if most is not None:
                most = self.whole(most, f"{here}.max_awards", 0, 10**9)
            if amount is not None:
                amount = self.whole(amount, f"{here}.max_amount", 0, MONEY_MAX)
            result.append(Bounds(self.identifier(data["id"], f"{here}.id"), least, most, amount))
        self.unique([item.id for item in result], path)
        return tuple(result)

    def application(
        self, item: object, path: str, step: int, regions: set[str], themes: set[str]
    ) -> Application | None:
        names = ("id", "merit", "requested", "minimum", "regions", "theme", "decision")
        data = self.fields(item, path, names)
        if data is None:
            return None
        requested = self.whole(data["requested"], f"{path}.requested", 1, MONEY_MAX)
        minimum = self.whole(data["minimum"], f"{path}.minimum", 1, MONEY_MAX)
        for name, amount in (("requested", requested), ("minimum", minimum)):
            if data[name] == amount and amount % step:
                self.wrong(f"{path}.{name}", amount, f"must be a multiple of amount_step ({step})")
        if minimum > requested and data["minimum"] == minimum and data["requested"] == requested:
            self.wrong(f"{path}.minimum", minimum, f"must not exceed requested ({requested})")
        places = [
            self.identifier(place, f"{path}.regions[{index}]")
            for index, place in enumerate(self.items(data["regions"], f"{path}.regions"))
        ]
        for index, place in enumerate(places):
            if place and place not in regions:
                self.wrong(f"{path}.regions[{index}]", place, "is not the id of a region")
        self.unique(places, f"{path}.regions", "")
        theme = data["theme"]
        if theme is not None:
            theme = self.identifier(theme, f"{path}.theme")
            if theme and theme not in themes:
                self.wrong(f"{path}.theme", theme, "is not the id of a theme")
        return Application(
            id=self.identifier(data["id"], f"{path}.id"),
            merit=self.whole(data["merit"], f"{path}.merit", 0, MERIT_MAX),
            requested=requested,
            minimum=minimum,
            regions=tuple(places),
            theme=theme,
            decision=self.choice(data["decision"], f"{path}.decision", ("free", "in", "out")),
        )

    def groups(
        self, value: object, path: str, ids: set[str], size: Callable[[int], bool], size_words: str
    ) -> tuple[tuple[str, ...], ...]:
        result = []
        for index, item in enumerate(self.items(value, path)):
            here = f"{path}[{index}]"
            group = [
                self.identifier(name, f"{here}[{place}]") for place, name in enumerate(self.items(item, here))
            ]
            if isinstance(item, (list, tuple)) and not size(len(group)):
                self.wrong(here, item, f"must name {size_words} applications")
            for place, name in enumerate(group):
                if name and name not in ids:
                    self.wrong(f"{here}[{place}]", name, "is not the id of an application")
            self.unique(group, here, "")
            result.append(tuple(group))
        return tuple(result)
