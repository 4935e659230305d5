"""Why nothing is allowed: the smallest set of rules that cannot be kept together, in words.

The smallest clashing set is the smallest set of rules that hits every set of rules whose removal makes
the rest satisfiable (Reiter's duality; the implicit-hitting-set method of Ignatiev, Previti, Liffiton
& Marques-Silva, "Smallest MUS extraction with minimal hitting set dualization", CP 2015).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pool.allocation.engine.integer import IntegerProgram
from pool.allocation.engine.model import Model
from pool.allocation.engine.outcome import Clash
from pool.allocation.engine.problem import MONEY_MAX, Bounds, Problem
from pool.allocation.engine.search import Limits, Search

ROUNDS = 400
"""Sets of rules tried before an irreducible set, not proven smallest, is named."""
Key = tuple[str, str, tuple[str, ...]]


def rules_of(problem: Problem) -> list[Key]:
    """Every rule that can keep something from being allowed: kind, region or theme, ids."""
    keys: list[Key] = [("ceiling", "", ())]
    for where, bounds in (("region", problem.regions), ("theme", problem.themes)):
        for bound in sorted(bounds, key=lambda item: item.id):
            if bound.min_awards:
                keys.append(("min_awards", where, (bound.id,)))
            if bound.max_awards is not None:
                keys.append(("max_awards", where, (bound.id,)))
            if bound.max_amount is not None:
                keys.append(("max_amount", where, (bound.id,)))
    keys += [("exclusive", "", group) for group in sorted({tuple(sorted(g)) for g in problem.exclusive})]
    keys += [("requires", "", pair) for pair in sorted(set(problem.requires))]
    apps = sorted(problem.applications, key=lambda item: item.id)
    keys += [("in", "", (app.id,)) for app in apps if app.decision == "in"]
    keys += [("out", "", (app.id,)) for app in apps if app.decision == "out"]
    if any(app.merit < problem.min_merit and app.decision == "free" for app in apps):
        keys.append(("threshold", "", ()))
    return keys


def with_rules(problem: Problem, keys: set[Key]) -> Problem:
    """The problem with only these rules, amounts at their minimum: enough to see what is allowed."""

    def bounds(where: str, items: tuple[Bounds, ...]) -> tuple[Bounds, ...]:
        return tuple(
            Bounds(
                item.id,
                item.min_awards if ("min_awards", where, (item.id,)) in keys else 0,
                item.max_awards if ("max_awards", where, (item.id,)) in keys else None,
                item.max_amount if ("max_amount", where, (item.id,)) in keys else None,
            )
            for item in items
        )

    all_money = sum(app.minimum for app in problem.applications)
    return replace(
        problem,
        ceiling=problem.ceiling if ("ceiling", "", ()) in keys else max(all_money, MONEY_MAX),
        steps=(),
        min_merit=problem.min_merit if ("threshold", "", ()) in keys else 0,
        regions=bounds("region", problem.regions),
        themes=bounds("theme", problem.themes),
        applications=tuple(
            replace(
                app,
                requested=app.minimum,
                decision=app.decision if (app.decision, "", (app.id,)) in keys else "free",
            )
            for app in problem.applications
        ),
        exclusive=tuple(g for g in problem.exclusive if ("exclusive", "", tuple(sorted(g))) in keys),
        requires=tuple(pair for pair in problem.requires if ("requires", "", pair) in keys),
    )


def allowed_awards(problem: Problem, keys: set[Key], limits: Limits) -> set[str] | None:
    """Some awarded ids that keep these rules, or None when that is impossible."""
    model = Model(with_rules(problem, keys))
    program = replace(model.program, cost=np.zeros_like(model.program.cost))
    search = Search(program, lambda point: None, limits=limits, enough=0)
    found = search.run()
    if found.best.point is None:
        if not found.complete:
            raise TimeoutError("the limit was reached before it was known what is allowed")
        return None
    return set(model.awards(found.best.point))


def smallest_clash(problem: Problem, limits: Limits) -> tuple[Clash, ...]:
    """The smallest set of rules that clash; empty when something is allowed after all."""
    keys = rules_of(problem)
    if allowed_awards(problem, set(keys), limits) is not None:
        return ()
    corrections: list[set[Key]] = []
    for _ in range(ROUNDS):
        hitting = _smallest_hitting(keys, corrections)
        awards = allowed_awards(problem, hitting, limits)
        if awards is None:
            return tuple(_in_words(problem, key) for key in keys if key in hitting)
        kept = set(hitting)
        for key in keys:
            if key not in kept and (
                _kept_by(problem, key, awards)
                or (grown := allowed_awards(problem, kept | {key}, limits)) is not None
            ):
                kept.add(key)
                if not _kept_by(problem, key, awards):
                    assert grown is not None
                    awards = grown
        corrections.append(set(keys) - kept)
    return tuple(_in_words(problem, key) for key in _irreducible(problem, keys, limits))


def _kept_by(problem: Problem, key: Key, awards: set[str]) -> bool:
    """Whether these awards, at their minimum, keep the rule as well."""
    model = Model(with_rules(problem, {key}))
    minimum = {app.id: app.minimum for app in problem.applications if app.id in awards}
    return model.program.feasible(model.point(minimum))


def _irreducible(problem: Problem, keys: list[Key], limits: Limits) -> list[Key]:
    kept = list(keys)
    for key in keys:
        without = [other for other in kept if other != key]
        if allowed_awards(problem, set(without), limits) is None:
            kept = without
    return kept


def _smallest_hitting(keys: list[Key], sets: list[set[Key]]) -> set[Key]:
    """A smallest set of keys with one from every set; an exact little programme of its own."""
    if not sets:
        return set()
    entries = [(j, i) for j, key in enumerate(keys) for i, members in enumerate(sets) if key in members]
    counts = np.bincount([j for j, _ in entries], minlength=len(keys))
    ones = np.ones(len(keys), dtype=np.int64)
    program = IntegerProgram(
        cost=-ones,
        weight=np.zeros(len(keys), dtype=np.int64),
        start=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        index=np.array([i for _, i in entries], dtype=np.int64),
        entry=-np.ones(len(entries), dtype=np.int64),
        limit=-np.ones(len(sets), dtype=np.int64),
        low=np.zeros(len(keys), dtype=np.int64),
        high=ones,
        decide=np.ones(len(keys), dtype=bool),
    )
    point = Search(program, lambda point: None).run().best.point
    assert point is not None
    return {key for key, chosen in zip(keys, point.tolist(), strict=True) if chosen}


def _in_words(problem: Problem, key: Key) -> Clash:
    kind, where, ids = key
    text = {
        "exclusive": f"at most one of {', '.join(ids)} may be awarded",
        "requires": f"{ids[0]} may be awarded only with {ids[-1]}" if ids else "",
        "in": f"{ids[0]} must be awarded" if ids else "",
        "out": f"{ids[0]} must not be awarded" if ids else "",
        "ceiling": f"all awards together may cost at most {_euro(problem.ceiling)}",
        "threshold": f"merit below {problem.min_merit / 1000:g} points is not awarded",
    }.get(kind)
    if text is None:
        bounds = problem.regions if where == "region" else problem.themes
        bound = next(item for item in bounds if item.id == ids[0])
        text = {
            "min_awards": f"{where} {bound.id} must have at least {bound.min_awards} awards",
            "max_awards": f"{where} {bound.id} may have at most {bound.max_awards} awards",
            "max_amount": f"{where} {bound.id} may receive at most {_euro(bound.max_amount or 0)}",
        }[kind]
    return Clash(kind, where, ids, text)


def _euro(cents: int) -> str:
    return f"€ {cents // 100:,}.{cents % 100:02d}"
