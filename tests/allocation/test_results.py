"""An outcome laid out for a page adds up to the outcome, whatever the round looks like."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pool.allocation import results
from pool.allocation.engine import frontier, parse_problem, solve
from pool.allocation.states import AllocationRule
from pool.applications.models import Application

REGIONS = ("drenthe", "twente", "zeeland")
THEMES = ("mda", "overig")


@st.composite
def problems(draw: st.DrawFn) -> dict[str, Any]:
    """Small rounds with partial awards, joint applications, a threshold and sometimes a bound."""
    count = draw(st.integers(1, 7))
    applications = []
    for number in range(1, count + 1):
        requested = draw(st.integers(1, 20)) * 100
        applications.append(
            {
                "id": f"A{number:03}",
                "merit": draw(st.integers(40, 90)) * 1000,
                "requested": requested,
                "minimum": draw(st.sampled_from([requested, max(100, requested // 200 * 100)])),
                "regions": draw(st.permutations(REGIONS))[: draw(st.integers(1, 2))],
                "theme": draw(st.sampled_from(THEMES)),
                "decision": "free",
            }
        )
    most = draw(st.sampled_from([None, 1, 2]))
    return {
        "schema": "pool-allocation-problem/1",
        "name": "proef",
        "ceiling": draw(st.integers(1, 60)) * 100,
        "amount_step": 100,
        "value": {"basis": "application"},
        "spread": {"steps": [35_000, 17_500], "joint": draw(st.sampled_from(["every", "lead"]))},
        "min_merit": 55_000,
        "regions": [{"id": r, "min_awards": 0, "max_awards": most, "max_amount": None} for r in REGIONS],
        "themes": [{"id": t, "min_awards": 0, "max_awards": None, "max_amount": None} for t in THEMES],
        "applications": applications,
        "exclusive": [],
        "requires": [],
        "ties": {"seed": "loting"},
    }


def _result(problem: dict[str, Any], rankings: bool = False) -> results.Result:
    parsed = parse_problem(problem)
    known = {a["id"]: Application(title=a["id"]) for a in problem["applications"]}
    beside = {"rank_cut": solve(parsed, "rank_cut").to_dict()} if rankings else None
    return results.Result(problem, solve(parsed).to_dict(), known, beside)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems())
def test_every_total_on_the_page_is_that_of_the_outcome(problem: dict[str, Any]) -> None:
    result = _result(problem, rankings=True)
    outcome = result.outcome
    assert sum(line.amount for line in result.lines) == outcome["spent"]
    assert outcome["spent"] + outcome["left"] == problem["ceiling"]
    assert len(result.awarded) == len(outcome["awards"])
    assert len(result.awarded) + len(result.refused) + len(result.too_low) == len(problem["applications"])
    themes = result.themes({"mda": "MDA++", "overig": "Overig"})
    assert [theme.name for theme in themes] == ["MDA++", "Overig"]
    assert sum(theme.amount for theme in themes) == outcome["spent"]
    assert sum(theme.awards for theme in themes) == len(outcome["awards"])
    assert sum(theme.requested for theme in themes) == result.requested
    assert result.reached == sum(1 for region in outcome["regions"] if region["awards"])
    # Places follow the scores, and equals share one.
    merits = [line.merit for line in result.lines]
    assert merits == sorted(merits, reverse=True)
    for line in result.lines:
        assert line.place == 1 + sum(merit > line.merit for merit in merits)
        assert line.shared == (merits.count(line.merit) > 1)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems())
def test_the_plain_line_has_all_its_awards_above_it(problem: dict[str, Any]) -> None:
    result = _result(problem, rankings=True)
    plain = {award["id"]: award["amount"] for award in result.rankings["rank_cut"]["awards"]}  # type: ignore[index]
    assert {line.id for line in result.lines[: result.plain_line] if line.plain} == set(plain)
    assert all(not line.plain for line in result.lines[result.plain_line :])
    different = {a["id"] for a in problem["applications"] if plain.get(a["id"]) != result.awards.get(a["id"])}
    assert {line.id for line in result.different} == different


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems())
def test_the_frontier_has_the_own_outcome_and_no_corner_is_worse_on_both(problem: dict[str, Any]) -> None:
    result = _result(problem)
    corners = results.corners(result, frontier(parse_problem(problem)).to_dict())
    assert sum(corner.own for corner in corners) == 1
    own = next(corner for corner in corners if corner.own)
    assert (own.quality, own.bonus) == (result.outcome["quality"], result.outcome["bonus"])
    assert (own.enters, own.leaves) == (0, 0)
    assert [c.quality for c in corners] == sorted((c.quality for c in corners), reverse=True)
    assert [c.bonus for c in corners] == sorted(c.bonus for c in corners)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems(), st.integers(1, 60))
def test_a_comparison_explains_the_whole_difference(problem: dict[str, Any], ceiling: int) -> None:
    first, second = _result(problem), _result({**problem, "ceiling": ceiling * 100})
    found = results.compare(first, second)
    more = (
        sum(line.amount for line in found.enters)
        - sum(line.amount for line in found.leaves)
        + sum(amount - line.amount for line, amount in found.changed)
    )
    assert more == second.outcome["spent"] - first.outcome["spent"]
    assert found.cost == first.outcome["objective"] - second.outcome["objective"]
    assert found.same == (first.awards == second.awards)
    itself = results.compare(first, first)
    assert (itself.same, itself.cost) == (True, 0)


def test_rules_side_by_side_keep_their_order_and_their_share() -> None:
    best = {"rule": "optimal", "status": "optimal", "objective": 2000, "regions": [{"awards": 1}]}
    cut = {"rule": "rank_cut", "status": "gap", "objective": 1500, "regions": [{"awards": 0}]}
    found = results.side_by_side(best, {"rank_cut": cut, "rank_skip": None, "ratio": None})
    assert [one.rule for one in found] == list(AllocationRule)
    assert [one.share for one in found] == [1000, 750, None, None]
    assert [one.reached for one in found] == [1, 0, 0, 0]
