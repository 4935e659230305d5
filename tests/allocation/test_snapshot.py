"""Names in the file: nobody chooses them, and they never depend on the order of rows."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pool.allocation.engine import parse_problem
from pool.allocation.inputs import NO_CHANGES, Changes
from pool.allocation.snapshot import SHELTER_THEME, file_names, freeze
from pool.applications.models import Application, ApplicationRegion
from pool.regions.models import Region, Theme
from pool.rounds.inputs import Bound
from tests.support.world import RULES

REGIONS = [Region(slug="drenthe", name="Drenthe"), Region(slug="zeeland", name="Zeeland")]
ENTRIES = st.lists(st.text("0123456789abcdef", min_size=4, max_size=4), min_size=1, max_size=1200).map(
    lambda shas: [(n, f"VDND-2027-{n:03}", sha) for n, sha in enumerate(shas, start=1)]
)


@given(ENTRIES, st.randoms())
def test_names_are_one_to_one_and_independent_of_order(entries: list[tuple[int, str, str]], chance) -> None:  # type: ignore[no-untyped-def]
    names = file_names(entries, "rules")
    shuffled = list(entries)
    chance.shuffle(shuffled)
    assert file_names(shuffled, "rules") == names
    assert set(names) == {key for key, _, _ in entries}
    width = max(3, len(str(len(entries))))
    assert sorted(names.values()) == [f"A{n:0{width}}" for n in range(1, len(entries) + 1)]


def test_one_submitted_text_moves_all_names_and_the_rules_do_too() -> None:
    entries = [(n, f"VDND-2027-{n:03}", f"{n:064}") for n in range(1, 41)]
    names = file_names(entries, "rules")
    changed = [*entries[:-1], (40, "VDND-2027-040", "f" * 64)]
    for other in (file_names(changed, "rules"), file_names(entries, "other rules")):
        # The others move as well: what somebody submits does not tell where they end up.
        assert sum(other[key] != names[key] for key in range(1, 40)) > 20


def test_the_names_say_nothing_about_the_order_of_arrival() -> None:
    entries = [(n, f"VDND-2027-{n:03}", f"{n:064}") for n in range(1, 41)]
    names = file_names(entries, "rules")
    assert [names[n] for n in range(1, 41)] != sorted(names.values())


def _application(theme: str | None = "mda", **amounts: int) -> Application:
    return Application(
        id=7,
        theme=Theme(slug=theme) if theme else None,
        region_links=[ApplicationRegion(region=region, position=n) for n, region in enumerate(REGIONS)],
        requested=amounts.get("requested", 5_000_000),
        minimum=amounts.get("minimum", 4_000_000),
    )


def _problem(rules=RULES, application: Application | None = None, changes: Changes = NO_CHANGES):  # type: ignore[no-untyped-def]
    given_ = application or _application()
    return freeze("r", rules, 9_000_000, REGIONS, [given_], {7: 60_000}, {7: "A001"}, changes).problem


def test_every_published_rule_is_in_the_problem() -> None:
    rules = replace(
        RULES,
        region_bounds={"zeeland": Bound(1, 3, 5_000_000)},
        theme_bounds={"mda": Bound(max_awards=2)},
        joint="lead",
        value_basis="amount",
        reference_amount=4_000_000,
        amount_step=500,
    )
    problem = _problem(rules)
    assert parse_problem(problem).to_dict() == problem
    assert problem["value"] == {"basis": "amount", "reference_amount": 4_000_000}
    assert problem["spread"]["joint"] == "lead"
    assert problem["amount_step"] == 500
    zeeland = next(r for r in problem["regions"] if r["id"] == "zeeland")
    assert zeeland == {"id": "zeeland", "min_awards": 1, "max_awards": 3, "max_amount": 5_000_000}
    assert next(t for t in problem["themes"] if t["id"] == "mda")["max_awards"] == 2
    assert problem["applications"][0]["regions"] == ["drenthe", "zeeland"]


def test_without_partial_awards_it_is_everything_or_nothing() -> None:
    assert _problem()["applications"][0]["minimum"] == 4_000_000
    assert _problem(replace(RULES, partial_awards=False))["applications"][0]["minimum"] == 5_000_000


def test_a_round_without_themes_has_one() -> None:
    problem = _problem(replace(RULES, themes=()), _application(theme=None))
    assert [theme["id"] for theme in problem["themes"]] == [SHELTER_THEME]
    assert problem["applications"][0]["theme"] == SHELTER_THEME


@given(st.integers(0, 1000))
def test_scaled_steps_stay_whole_and_never_rise(percent: int) -> None:
    steps = _problem(changes=Changes(spread_percent=percent))["spread"]["steps"]
    assert steps == sorted(steps, reverse=True)
    assert all(isinstance(step, int) and step >= 0 for step in steps)
    if percent == 100:
        assert steps == list(RULES.spread_steps)
