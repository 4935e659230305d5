"""What is worked out beside an outcome. Each study is plain data from the engine; its words are made later.

A question that cannot be answered with proof gives `{"unproven": …}` instead of numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .engine import Problem
from .states import PRACTICE, StudyKind

Report = Callable[[int, str], None]
Work = Callable[[Problem, dict[str, Any], Report], dict[str, Any]]


def rankings(problem: Problem, _outcome: dict[str, Any], report: Report) -> dict[str, Any]:
    """Outcomes of the rules of practice on the same problem, by rule; None where the rule finds nothing allowed."""
    from .engine import NoOutcomeError, solve

    found: dict[str, Any] = {}
    for number, rule in enumerate(PRACTICE):
        report(10 + 30 * number, rule.label)
        try:
            found[rule.value] = solve(problem, rule.value).to_dict()
        except NoOutcomeError:
            found[rule.value] = None
    return found


def explanations(problem: Problem, _outcome: dict[str, Any], report: Report) -> dict[str, Any]:
    """Why each application is in or out, in schema `pool-allocation-explanations/1`."""
    from .engine import NoProofError, explain

    def progress(facts: dict[str, Any]) -> None:
        done, whole = facts["done"], facts["of"]
        report(5 + 95 * done // max(1, whole), f"{done} van {whole} aanvragen uitgelegd")

    try:
        return explain(problem, progress=progress).to_dict()
    except NoProofError as error:
        return {"unproven": str(error)}


def frontier(problem: Problem, _outcome: dict[str, Any], report: Report) -> dict[str, Any]:
    """Every outcome that is best for some weight of the spread, in schema `pool-allocation-frontier/1`."""
    from .engine import frontier as trade_off

    def progress(facts: dict[str, Any]) -> None:
        report(50, f"{facts['corners']} verdelingen gevonden")

    return trade_off(problem, progress=progress).to_dict()


WORK: dict[StudyKind, Work] = {
    StudyKind.RANKINGS: rankings,
    StudyKind.EXPLANATIONS: explanations,
    StudyKind.FRONTIER: frontier,
}
