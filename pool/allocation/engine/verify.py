"""Check the outcome of an allocation round yourself: one file, Python 3.11 or newer, nothing else.

    python verify.py PROBLEM.json OUTCOME.json

It reads `pool-allocation-problem/1` and `pool-allocation-outcome/1` and recounts, in whole numbers
only, everything the outcome claims: that it answers this problem, that every award is allowed, that
no rule is broken, the value, the spread bonus, the money spent and left, the picture per region, and
that the proven upper bound is not below the value. Of an outcome called `optimal` it also checks that
no award can be raised, added or swapped with a refused application for a better result, and that
equal swaps were settled by lot. That no wholly different list is better is what the bound claims;
only solving again can check that.

It prints every violation, in Dutch and with the names and numbers of the files (money in cents), and
ends with exit code 0 when there are none, 1 when there are, 2 when a file cannot be read.
"""

import hashlib
import json
import sys
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

NANO = 1_000_000  # nano-points in one thousandth of a point
FIELDS = "schema problem_sha256 rule status objective quality bonus bound spent left awards regions ties engine seconds"
RULES = ("optimal", "rank_cut", "rank_skip", "ratio")
STATUSES = ("optimal", "gap", "infeasible")


def problem_sha256(problem: dict[str, Any]) -> str:
    """SHA-256 of the problem's canonical JSON: UTF-8, sorted keys, no spaces."""
    text = json.dumps(problem, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


class Round:
    """The rules of one round, with the arithmetic that they prescribe."""

    def __init__(self, problem: dict[str, Any]) -> None:
        self.problem = problem
        self.step: int = problem["amount_step"]
        self.applications: dict[str, dict[str, Any]] = {a["id"]: a for a in problem["applications"]}
        self.every: bool = problem["spread"]["joint"] == "every"
        self.ids = sorted(self.applications)

    def places(self, identifier: str) -> list[str]:
        regions: list[str] = self.applications[identifier]["regions"]
        return regions if self.every else regions[:1]

    def value(self, identifier: str, amount: int) -> int:
        """Nano-points that this amount (cents) is worth."""
        a = self.applications[identifier]
        whole: int = a["merit"] * NANO
        if self.problem["value"]["basis"] == "application":
            slope: int = whole * self.step // a["requested"]
            short: int = (a["requested"] - amount) // self.step
            return whole - slope * short
        slope = whole * self.step // self.problem["value"]["reference_amount"]
        return slope * (amount // self.step)

    def counts(self, awards: dict[str, int]) -> dict[str, int]:
        result = {region["id"]: 0 for region in self.problem["regions"]}
        for identifier in awards:
            for place in self.places(identifier):
                result[place] += 1
        return result

    def amounts(self, awards: dict[str, int]) -> dict[str, Fraction]:
        """Cents per region, exact; a joint amount counts in equal shares."""
        result = {region["id"]: Fraction(0) for region in self.problem["regions"]}
        for identifier, amount in awards.items():
            places = self.places(identifier)
            for place in places:
                result[place] += Fraction(amount, len(places))
        return result

    def quality(self, awards: dict[str, int]) -> int:
        return sum(self.value(identifier, amount) for identifier, amount in awards.items())

    def bonus(self, awards: dict[str, int]) -> int:
        steps: list[int] = self.problem["spread"]["steps"]
        return NANO * sum(sum(steps[:count]) for count in self.counts(awards).values())

    def bonus_change(self, counts: dict[str, int], old: str | None, new: str) -> int:
        """Nano-points of bonus won or lost when `new` comes in and `old`, if any, leaves."""
        steps: list[int] = self.problem["spread"]["steps"]
        come = self.places(new)
        leave = self.places(old) if old is not None else []
        change = sum(steps[counts[p]] for p in come if p not in leave and counts[p] < len(steps))
        change -= sum(steps[counts[p] - 1] for p in leave if p not in come and counts[p] <= len(steps))
        return NANO * change

    def score(self, awards: dict[str, int]) -> tuple[int, int]:
        """Value and minus the money: of two outcomes the higher is better, lots aside."""
        return self.quality(awards) + self.bonus(awards), -sum(awards.values())

    def lot(self, identifier: str) -> str:
        return hashlib.sha256(f"{self.problem['ties']['seed']}|{identifier}".encode()).hexdigest()

    def refused_by(self, identifier: str) -> str | None:
        """Why an application may not be awarded at all, or None."""
        a = self.applications[identifier]
        if a["decision"] == "out":
            return "vooraf is vastgelegd dat die niets krijgt (decision: out)"
        if a["merit"] < self.problem["min_merit"] and a["decision"] != "in":
            return f"de score {a['merit']} is lager dan de ondergrens {self.problem['min_merit']}"
        return None

    def violations(self, awards: dict[str, int]) -> list[str]:
        """Every rule of the round that these awards break, in words."""
        found = [
            line for identifier in sorted(awards) for line in self._award(identifier, awards[identifier])
        ]
        spent = sum(awards.values())
        if spent > self.problem["ceiling"]:
            found.append(f"alles samen kost {spent}, meer dan het plafond {self.problem['ceiling']}")
        for identifier in self.ids:
            if self.applications[identifier]["decision"] == "in" and identifier not in awards:
                found.append(f"{identifier} krijgt niets, maar vooraf is vastgelegd van wel (decision: in)")
        found += self._bounds("regio", self.problem["regions"], self.counts(awards), self.amounts(awards))
        themes: dict[str, int] = {}
        money: dict[str, Fraction] = {}
        for identifier, amount in awards.items():
            theme = self.applications[identifier]["theme"]
            themes[theme] = themes.get(theme, 0) + 1
            money[theme] = money.get(theme, Fraction(0)) + amount
        found += self._bounds("thema", self.problem["themes"], themes, money)
        for group in self.problem["exclusive"]:
            inside = [identifier for identifier in group if identifier in awards]
            if len(inside) > 1:
                found.append(f"{' en '.join(inside)} sluiten elkaar uit, maar krijgen wel samen geld")
        for first, second in self.problem["requires"]:
            if first in awards and second not in awards:
                found.append(f"{first} krijgt geld, maar kan niet zonder {second}, en die krijgt niets")
        return found

    def _award(self, identifier: str, amount: int) -> Iterable[str]:
        a = self.applications[identifier]
        reason = self.refused_by(identifier)
        if reason:
            yield f"{identifier} krijgt geld, maar {reason}"
        if amount % self.step:
            yield f"{identifier}: het bedrag {amount} is geen veelvoud van {self.step}"
        if not a["minimum"] <= amount <= a["requested"]:
            yield f"{identifier}: het bedrag {amount} ligt niet tussen {a['minimum']} en {a['requested']}"

    @staticmethod
    def _bounds(
        kind: str, bounds: list[dict[str, Any]], counts: dict[str, int], amounts: dict[str, Fraction]
    ) -> Iterable[str]:
        for bound in bounds:
            name, count = f"{kind} {bound['id']}", counts.get(bound["id"], 0)
            if count < bound["min_awards"]:
                yield f"{name}: het aantal toekenningen is {count}, minder dan {bound['min_awards']}"
            if bound["max_awards"] is not None and count > bound["max_awards"]:
                yield f"{name}: het aantal toekenningen is {count}, meer dan {bound['max_awards']}"
            if bound["max_amount"] is not None and amounts.get(bound["id"], 0) > bound["max_amount"]:
                yield f"{name} krijgt meer dan {bound['max_amount']}"


def verify(problem: dict[str, Any], outcome: dict[str, Any]) -> list[str]:
    """All violations of the outcome against its problem, in words; an empty list when it holds."""
    missing = [name for name in FIELDS.split() if name not in outcome]
    if missing:
        return ["dit is geen volledige uitkomst; er ontbreekt: " + ", ".join(missing)]
    found: list[str] = []
    if outcome["schema"] != "pool-allocation-outcome/1":
        found.append(f"schema is onbekend: {outcome['schema']!r}")
    if outcome["problem_sha256"] != problem_sha256(problem):
        found.append("de uitkomst hoort bij een andere vraag (problem_sha256 verschilt)")
    if outcome["rule"] not in RULES:
        found.append(f"rule is onbekend: {outcome['rule']!r}")
    if outcome["status"] not in STATUSES:
        return [*found, f"status is onbekend: {outcome['status']!r}"]
    if outcome["status"] == "infeasible":
        return found + _infeasible(outcome)
    try:
        awards = _awards(problem, outcome["awards"], "awards")
    except ValueError as error:
        return [*found, str(error)]
    rules = Round(problem)
    found += rules.violations(awards)
    found += _totals(rules, awards, outcome)
    broken = bool(found)
    if outcome["rule"] == "optimal" and outcome["status"] == "optimal" and not broken:
        found += _improvements(rules, awards)
    return found + _ties(rules, awards, outcome, broken)


def _infeasible(outcome: dict[str, Any]) -> list[str]:
    found = []
    if outcome["awards"]:
        found.append("volgens status kan er geen verdeling zijn, maar er staat er wel een (awards)")
    if not outcome.get("clash"):
        found.append("volgens status kan er geen verdeling zijn, maar er staat niet waardoor (clash)")
    return found


def _awards(problem: dict[str, Any], listed: object, name: str) -> dict[str, int]:
    known = {a["id"] for a in problem["applications"]}
    awards: dict[str, int] = {}
    if not isinstance(listed, list):
        raise ValueError(f"{name} is geen lijst")
    for item in listed:
        if not isinstance(item, dict) or set(item) != {"id", "amount"}:
            raise ValueError(f"{name}: {item!r} bestaat niet uit id en amount")
        if item["id"] not in known:
            raise ValueError(f"{name}: {item['id']!r} is geen aanvraag van deze ronde")
        if item["id"] in awards:
            raise ValueError(f"{name}: {item['id']} staat er twee keer")
        if isinstance(item["amount"], bool) or not isinstance(item["amount"], int):
            raise ValueError(f"{name}: het bedrag van {item['id']} is geen geheel getal: {item['amount']!r}")
        awards[item["id"]] = item["amount"]
    if list(awards) != sorted(awards):
        raise ValueError(f"{name} staat niet op volgorde van id")
    return awards


def _totals(rules: Round, awards: dict[str, int], outcome: dict[str, Any]) -> list[str]:
    """Recount every total; `==` on whole numbers, a float or text never passes."""
    spent = sum(awards.values())
    quality, bonus = rules.quality(awards), rules.bonus(awards)
    expected = {
        "quality": quality,
        "bonus": bonus,
        "objective": quality + bonus,
        "spent": spent,
        "left": rules.problem["ceiling"] - spent,
    }
    found = [
        f"{name}: er staat {outcome[name]!r}, nageteld is het {number}"
        for name, number in expected.items()
        if not _is_whole(outcome[name]) or outcome[name] != number
    ]
    if not _is_whole(outcome["bound"]) or outcome["bound"] < quality + bonus:
        found.append(f"de bovengrens (bound) {outcome['bound']!r} is lager dan de waarde {quality + bonus}")
    elif (outcome["status"] == "optimal") != (outcome["bound"] == quality + bonus):
        found.append(f"status {outcome['status']} past niet bij de bovengrens en de waarde")
    counts, amounts = rules.counts(awards), rules.amounts(awards)
    regions = [
        {"id": name, "awards": counts[name], "amount": amounts[name].__floor__()} for name in sorted(counts)
    ]
    if outcome["regions"] != regions:
        found.append("regions: nageteld is het anders (bedragen in hele centen, naar beneden afgerond)")
    return found


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _improvements(rules: Round, awards: dict[str, int]) -> list[str]:
    """Better or equal-but-earlier-drawn outcomes one change away: drop, raise, add or swap."""
    found: list[str] = []
    score = rules.score(awards)
    outside = [i for i in rules.ids if i not in awards and rules.refused_by(i) is None]

    def compare(changed: dict[str, int], words: str) -> None:
        other = rules.score(changed)
        if other < score or (other == score and not _drawn_before(rules, changed, awards)):
            return
        if not rules.violations(changed):
            found.append(
                words + (" is beter" if other > score else " is even goed en komt eerder uit de loting")
            )

    for identifier in sorted(awards):
        without = {key: amount for key, amount in awards.items() if key != identifier}
        compare(without, f"{identifier} weglaten")
        for change in (rules.step, -rules.step):
            amount = awards[identifier] + change
            a = rules.applications[identifier]
            if a["minimum"] <= amount <= a["requested"]:
                compare({**awards, identifier: amount}, f"een ander bedrag voor {identifier}")
    # Most swaps are worse by value or money alone; only the others are looked at in full.
    room = rules.problem["ceiling"] - sum(awards.values())
    counts = rules.counts(awards)
    worth = {identifier: rules.value(identifier, amount) for identifier, amount in awards.items()}
    partners: list[str | None] = [None, *sorted(awards)]
    for new in outside:
        for old in partners:
            freed = awards[old] if old is not None else 0
            lost = worth[old] if old is not None else 0
            steps = rules.bonus_change(counts, old, new)
            for amount in _amounts_to_try(rules, new, room + freed, freed):
                if (rules.value(new, amount) - lost + steps, freed - amount) < (0, 0):
                    continue
                rest = {key: value for key, value in awards.items() if key != old}
                words = f"{new} erbij" if old is None else f"{new} in plaats van {old}"
                compare({**rest, new: amount}, words)
    return found


def _amounts_to_try(rules: Round, identifier: str, free: int, same: int) -> list[int]:
    a = rules.applications[identifier]
    most = min(a["requested"], free // rules.step * rules.step)
    tries = {most, a["minimum"], same}
    return sorted(amount for amount in tries if a["minimum"] <= amount <= most)


def _drawn_before(rules: Round, one: dict[str, int], other: dict[str, int]) -> bool:
    """Whether outcome `one` goes before `other` by lot: awards first, then amounts, highest first."""
    order = sorted({*one, *other}, key=rules.lot)
    for identifier in order:
        if (identifier in one) != (identifier in other):
            return identifier in one
    for identifier in order:
        if one[identifier] != other[identifier]:
            return one[identifier] > other[identifier]
    return False


def _ties(rules: Round, awards: dict[str, int], outcome: dict[str, Any], broken: bool) -> list[str]:
    """Check the account of the tie: fields, order of the lots, and the rival against the winner."""
    ties = outcome["ties"]
    if not isinstance(ties, dict) or set(ties) != {"met", "by", "settled", "order", "rival"}:
        return ["ties moet bestaan uit met, by, settled, order en rival"]
    found: list[str] = []
    if not isinstance(ties["met"], bool) or not isinstance(ties["settled"], bool):
        found.append("ties: met en settled moeten true of false zijn")
    if ties["by"] not in (None, "spend", "lot", "amount") or bool(ties["met"]) != (ties["by"] is not None):
        found.append("ties: by moet spend, lot of amount zijn bij een gelijke stand, en anders null")
    order = ties["order"]
    if not isinstance(order, list) or any(i not in rules.applications for i in order):
        return [*found, "ties: order noemt iets anders dan aanvragen van deze ronde"]
    if order != sorted(order, key=rules.lot) or len(set(order)) != len(order):
        found.append("ties: order is niet de volgorde van de loting")
    if ties["rival"] is None:
        if ties["met"] and outcome["rule"] == "optimal":
            found.append("ties: er was een gelijke stand, maar de andere verdeling (rival) ontbreekt")
        return found
    try:
        rival = _awards(rules.problem, ties["rival"], "ties.rival")
    except ValueError as error:
        return [*found, str(error)]
    found += ["ties.rival: " + line for line in rules.violations(rival)]
    differ = {i for i in {*awards, *rival} if awards.get(i) != rival.get(i)}
    if set(order) != differ:
        found.append("ties: order noemt niet precies de aanvragen die in rival anders zijn")
    if broken or not ties["settled"]:
        return found
    score, other = rules.score(awards), rules.score(rival)
    if other[0] != score[0]:
        found.append("ties: rival heeft niet dezelfde waarde")
    elif other[1] > score[1] or (other[1] == score[1] and _drawn_before(rules, rival, awards)):
        found.append("ties: rival had moeten winnen")
    return found


def conclusion(found: list[str]) -> str:
    """The last line that is printed, after the violations."""
    if not found:
        return "De uitkomst klopt."
    return f"De uitkomst klopt niet: {len(found)} {'fout' if len(found) == 1 else 'fouten'}."


def main(arguments: list[str]) -> int:
    """Command line; see the top of this file. Its own words are ASCII, so that every screen can show them."""
    if len(arguments) != 2:
        return _stop("Gebruik: python verify.py VRAAG.json UITKOMST.json")
    loaded = []
    for name in arguments:
        try:
            with open(name, encoding="utf-8") as file:
                loaded.append(json.load(file))
        except FileNotFoundError:
            return _stop(f"Het bestand {name} is er niet.")
        except OSError as error:
            return _stop(f"Het bestand {name} kan niet worden gelezen: {error.strerror}.")
        except ValueError:
            return _stop(f"Het bestand {name} is geen JSON, of is beschadigd.")
    try:
        found = verify(loaded[0], loaded[1])
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, ArithmeticError) as error:
        what = f"({type(error).__name__}: {error})"
        return _stop(f"Dit zijn geen vraag en uitkomst. Geef eerst de vraag en dan de uitkomst. {what}")
    for line in found:
        print(line)  # noqa: T201
    print(conclusion(found))  # noqa: T201
    return 1 if found else 0


def _stop(message: str) -> int:
    print(message, file=sys.stderr)  # noqa: T201
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
