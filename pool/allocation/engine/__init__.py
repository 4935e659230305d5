"""The allocation engine: which applications to award, how much, proven and explained.

Pure: standard library, numpy and the solver. What needs the solver is loaded at its first use, so
that importing this package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pool.allocation.engine.outcome import Outcome, Ties
from pool.allocation.engine.problem import (
    Application,
    Bounds,
    FieldError,
    Problem,
    ProblemError,
    canonical_json,
    parse_problem,
    sha256,
)
from pool.allocation.engine.verify import verify

if TYPE_CHECKING:
    from pool.allocation.engine.draws import Stability, read_draws, stability
    from pool.allocation.engine.explanations import Explanation, Explanations, explain
    from pool.allocation.engine.resolve import NoProofError
    from pool.allocation.engine.solver import NoOutcomeError, solve
    from pool.allocation.engine.tradeoff import Frontier, frontier

_LATER = {
    "Explanation": "explanations",
    "Explanations": "explanations",
    "Frontier": "tradeoff",
    "NoOutcomeError": "solver",
    "NoProofError": "resolve",
    "Stability": "draws",
    "explain": "explanations",
    "frontier": "tradeoff",
    "read_draws": "draws",
    "solve": "solver",
    "stability": "draws",
}

__all__ = [
    "Application",
    "Bounds",
    "Explanation",
    "Explanations",
    "FieldError",
    "Frontier",
    "NoOutcomeError",
    "NoProofError",
    "Outcome",
    "Problem",
    "ProblemError",
    "Stability",
    "Ties",
    "canonical_json",
    "explain",
    "frontier",
    "parse_problem",
    "read_draws",
    "sha256",
    "solve",
    "stability",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(f"pool.allocation.engine.{_LATER[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
