"""The engine's command line: `python -m pool.allocation.engine …`, also mounted as `flask allocation …`.

Exit codes: 0 done; 1 the outcome does not hold, or a check failed; 2 bad input, with the message;
3 no proof within the limit (the outcome found is written all the same).
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any, NoReturn

import click

from pool.allocation.engine.problem import Problem, ProblemError, parse_problem
from pool.allocation.engine.verify import conclusion
from pool.allocation.engine.verify import verify as find_violations

INPUT = click.Path(exists=True, dir_okay=False, path_type=Path)
OUTPUT = click.Path(dir_okay=False, path_type=Path)
RULES = ("optimal", "rank_cut", "rank_skip", "ratio")
Progress = Callable[[dict[str, Any]], None]


@click.group(name="allocation")
def engine_cli() -> None:
    """Which applications to award under the ceiling: solve, check and explain."""


def _stop(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(code)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        _stop(f"{path}: {error}", 2)


def _problem(path: Path) -> Problem:
    try:
        return parse_problem(_text(path))
    except ProblemError as error:
        _stop("\n".join(f"{path}: {wrong}" for wrong in error.errors), 2)


def _object(path: Path) -> dict[str, Any]:
    try:
        loaded = json.loads(_text(path))
    except json.JSONDecodeError as error:
        _stop(f"{path}: not JSON: {error}", 2)
    if not isinstance(loaded, dict):
        _stop(f"{path}: must be a JSON object", 2)
    return loaded


def _write(path: Path | None, content: dict[str, Any]) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if path is None:
        click.echo(text, nl=False)
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        _stop(f"{path}: {error}", 2)


def _progress_line() -> Progress:
    """Shows at most two lines a second, and none in the first: quick work stays silent."""
    shown = time.perf_counter() + 0.5

    def show(facts: dict[str, Any]) -> None:
        nonlocal shown
        now = time.perf_counter()
        if now - shown >= 0.5:
            shown = now
            click.echo(" ".join(f"{key}={_short(fact)}" for key, fact in facts.items()), err=True)

    return show


def _short(fact: object) -> str:
    return f"{fact:.1f}" if isinstance(fact, float) else str(fact)


@engine_cli.command()
@click.argument("problem", type=INPUT)
@click.option("--out", type=OUTPUT, help="Where to write the outcome (default: standard output).")
@click.option("--rule", type=click.Choice(RULES), default="optimal", show_default=True)
@click.option("--time-limit", type=click.FloatRange(min=0, min_open=True), help="Seconds.")
def solve(problem: Path, out: Path | None, rule: str, time_limit: float | None) -> None:
    """Find the outcome of PROBLEM under a rule, with its proof."""
    from pool.allocation.engine.solver import NoOutcomeError
    from pool.allocation.engine.solver import solve as answer

    question = _problem(problem)
    try:
        outcome = answer(question, rule, time_limit, _progress_line())
    except NoOutcomeError as error:
        _stop(str(error), 3)
    _write(out, outcome.to_dict())
    for clash in outcome.clash:
        click.echo(f"clash: {clash.text}", err=True)
    if rule == "optimal" and outcome.status == "gap":
        _stop(f"no proof within the limit: gap {outcome.gap:.2e} of the value", 3)


@engine_cli.command()
@click.argument("problem", type=INPUT)
@click.argument("outcome", type=INPUT)
def verify(problem: Path, outcome: Path) -> None:
    """Recount OUTCOME against PROBLEM and list every violation, in Dutch."""
    _problem(problem)
    try:
        found = find_violations(_object(problem), _object(outcome))
    except (KeyError, TypeError, AttributeError) as error:
        _stop(f"{outcome}: cannot be read as an outcome: {error!r}", 2)
    for line in found:
        click.echo(line)
    click.echo(conclusion(found))
    if found:
        sys.exit(1)


@engine_cli.command()
@click.argument("problem", type=INPUT)
@click.argument("outcome", type=INPUT)
@click.option("--out", type=OUTPUT, help="Where to write the explanations.")
@click.option("--id", "ids", multiple=True, help="Only this application; may be given again.")
def explain(problem: Path, outcome: Path, out: Path | None, ids: tuple[str, ...]) -> None:
    """Explain every application of the optimal OUTCOME of PROBLEM."""
    from pool.allocation.engine.explanations import explain as explanations
    from pool.allocation.engine.resolve import NoProofError

    question, given = _problem(problem), _object(outcome)
    if find_violations(question.to_dict(), given) or given.get("rule") != "optimal":
        _stop(f"{outcome}: is not a valid outcome of {problem} under the rule optimal", 2)
    unknown = set(ids) - {app.id for app in question.applications}
    if unknown:
        _stop(f"{problem}: has no application {', '.join(sorted(unknown))}", 2)
    try:
        result = explanations(question, ids=ids or None, progress=_progress_line())
    except NoProofError as error:
        _stop(str(error), 3)
    _write(out, result.to_dict())
    if not all(item.proven for item in result.applications):
        _stop("not every explanation could be proven within the limit", 3)


@engine_cli.command()
@click.argument("problem", type=INPUT)
@click.option("--out", type=OUTPUT, help="Where to write the frontier.")
def frontier(problem: Path, out: Path | None) -> None:
    """All outcomes of PROBLEM that are best for some weight of the regional spread."""
    from pool.allocation.engine.tradeoff import frontier as trade_off

    result = trade_off(_problem(problem), _progress_line())
    _write(out, result.to_dict())
    if not result.complete:
        _stop("not every weight was decided within the limit", 3)


@engine_cli.command()
@click.argument("problem", type=INPUT)
@click.argument("draws", type=INPUT)
@click.option("--out", type=OUTPUT, help="Where to write the shares.")
def stability(problem: Path, draws: Path, out: Path | None) -> None:
    """Share of the DRAWS (CSV: ids, then merits in thousandths) in which each is awarded."""
    from pool.allocation.engine.draws import read_draws
    from pool.allocation.engine.draws import stability as shares

    question = _problem(problem)
    try:
        rounds = read_draws(_text(draws).splitlines(), question)
    except ProblemError as error:
        _stop("\n".join(f"{draws}: {wrong}" for wrong in error.errors), 2)
    result = shares(question, rounds, _progress_line())
    _write(out, result.to_dict())
    if result.unproven:
        _stop(f"{result.unproven} of {result.draws} draws were not proven within the limit", 3)


@engine_cli.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folder: Path) -> None:
    """Solve every NAME.json in FOLDER that has a NAME.optimum.json and compare, exactly."""
    pairs = [
        (path, best)
        for path in sorted(folder.glob("*.json"))
        if (best := path.with_name(path.stem + ".optimum.json")).exists()
    ]
    if not pairs:
        _stop(f"{folder}: has no problem with an optimum beside it", 2)
    failed = 0
    for path, best in pairs:
        wrong = check_pair(_object(path), _object(best))
        failed += bool(wrong)
        click.echo(f"{path.stem}: {'; '.join(wrong) if wrong else 'as stored, verified, changes rejected'}")
    if failed:
        sys.exit(1)


def check_pair(problem: dict[str, Any], stored: dict[str, Any]) -> list[str]:
    """What is wrong with our answer to a problem whose optimum is known; empty when nothing is."""
    from pool.allocation.engine.solver import solve as answer

    outcome = answer(parse_problem(problem))
    wrong = []
    if outcome.status != "optimal":
        wrong.append(f"not proven: {outcome.status}")
    if outcome.objective != stored["objective"]:
        wrong.append(f"objective {outcome.objective}, stored {stored['objective']}")
    known = stored.get("least_spend")
    if known is not None and outcome.spent != known:
        wrong.append(f"spent {outcome.spent}, stored {known}")
    content = json.loads(json.dumps(outcome.to_dict()))
    wrong += [f"verify: {line}" for line in find_violations(problem, content)]
    wrong += [f"verify accepts {name}" for name, bad in spoiled(content) if not find_violations(problem, bad)]
    return wrong


def spoiled(outcome: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Copies of an outcome, each with one thing changed: what a verifier must reject."""
    copies: list[tuple[str, dict[str, Any]]] = []

    def spoil(name: str, change: Callable[[dict[str, Any]], None]) -> None:
        copy = deepcopy(outcome)
        change(copy)
        copies.append((name, copy))

    for place, award in enumerate(outcome["awards"]):
        for more in (-100, 1, 100):
            spoil(
                f"another amount for {award['id']}",
                lambda o, p=place, m=more: o["awards"][p].update(amount=o["awards"][p]["amount"] + m),  # type: ignore[misc]
            )
        spoil(f"another id for {award['id']}", lambda o, p=place: o["awards"][p].update(id="?"))  # type: ignore[misc]
        spoil(f"{award['id']} left out", lambda o, p=place: o["awards"].pop(p))  # type: ignore[misc]
    for name in ("bonus", "quality", "objective", "spent", "left"):
        spoil(f"another {name}", lambda o, n=name: o.update({n: o[n] + 1}))  # type: ignore[misc]
    spoil("a lower bound", lambda o: o.update(bound=o["objective"] - 1))
    if len(outcome["ties"]["order"]) > 1:
        spoil("another order of the tie", lambda o: o["ties"]["order"].reverse())
    return copies


if __name__ == "__main__":
    engine_cli(prog_name="python -m pool.allocation.engine")
