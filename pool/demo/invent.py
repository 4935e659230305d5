"""What the demonstration makes up, from a fixed seed: amounts, scores, and the applications that were refused.

Nothing here is a fact. The amounts of single projects of 2019 were never published; only the totals are real, and
`story` makes the awards add up to them.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from pool.rounds.inputs import LEVELS, RoundRules

from .facts import Awarded, SchemeFacts

EURO = 100
STEP = 500 * EURO
THEME_IDEAS = {
    "lokale-teams": (
        "Wijkteams leren van elkaar",
        "Vaste veiligheidscoach in het wijkteam",
        "Samen eerder erbij",
    ),
    "mda": ("Eén plan rond het gezin", "Specialisten aan één tafel", "MDA++ in de hele regio"),
    "ouderenmishandeling": ("Oog voor ouderen", "Veilig oud in eigen huis", "Bankmedewerkers signaleren mee"),
    "plegeraanpak": (
        "Eerst stoppen, dan praten",
        "Steun na het huisverbod",
        "Hulplijn voor wie het anders wil",
    ),
    "sociale-steun-kinderen": ("De juf weet het", "Een maatje op school", "Steunpunt in de klas"),
    "traumascreening": ("Vroeg zien, goed helpen", "Screenen bij het eerste gesprek", "Trauma in beeld"),
    "schadelijke-traditionele-praktijken": ("Open gesprek over eer", "Sleutelpersonen in de buurt"),
    "bespreekbaar-maken": ("Praat erover op het werk", "Theater op het schoolplein", "Buren in gesprek"),
    "visie-gefaseerde-ketenzorg": ("Eerst veilig, dan verder", "Eén taal in de keten"),
    "kwetsbare-opvoedsituaties": ("Sterke start voor jonge ouders", "Rust in huis"),
    "overig": ("Data die helpt", "Leerkring veiligheid", "Ervaringsdeskundigen doen mee"),
}
SHELTER_IDEAS = (
    "Een eigen voordeur binnen drie maanden",
    "Schuldhulp aan de keukentafel",
    "Kinderen krijgen een eigen begeleider",
    "Werk vinden vanuit de opvang",
    "Nazorg in de nieuwe buurt",
    "Samen met de woningcorporatie",
    "Contact met thuis, veilig en op maat",
)


@dataclass(frozen=True)
class Plan:
    """One application of the demonstration. Amounts in cents; quality is the points the committee will end near."""

    title: str
    theme: str
    regions: tuple[str, ...]
    requested: int
    minimum: int
    quality: int
    invented: bool
    note: str = ""
    partner: str = ""
    grounds: tuple[str, ...] = ()

    @property
    def is_award(self) -> bool:
        """Awarded in 2019: the real ones, and only those."""
        return not self.invented


def title_of(project: Awarded, region_name: str, theme_name: str, number: int = 0) -> str:
    """The published title, or a neutral one made of what was published."""
    if project.title:
        return project.title
    subject = project.note or f"Project bij het thema ‘{theme_name}’"
    again = f" ({number})" if number else ""
    place = f"deel van {region_name}" if project.part_of_region else region_name
    return f"{subject[0].upper()}{subject[1:]} – {place}{again}"


def _round_to(cents: float, step: int = STEP) -> int:
    return max(step, int(cents / step + 0.5) * step)


def pool_awards(facts: SchemeFacts, titles: Sequence[str], chance: random.Random) -> list[Plan]:
    """The real awarded projects of the pool with made-up amounts and quality.

    Together they ask some 2.5 % more than was awarded, and those that can do with less make up the difference.
    """
    weights = [chance.uniform(0.55, 1.45) * (1.6 if len(p.regions) > 1 else 1.0) for p in facts.projects]
    scale = facts.awarded * 1.025 / sum(weights)
    plans = []
    for project, title, weight in zip(facts.projects, titles, weights, strict=True):
        requested = _round_to(weight * scale)
        divisible = chance.random() < 0.5
        plans.append(
            Plan(
                title=title,
                theme=project.theme,
                regions=project.regions,
                requested=requested,
                minimum=_round_to(requested * chance.uniform(0.7, 0.85)) if divisible else requested,
                quality=chance.randint(66, 92),
                invented=False,
                note=project.note,
                partner=project.partner,
            )
        )
    return plans


def pool_refusals(total: int, regions: Sequence[str], chance: random.Random) -> list[Plan]:
    """Invented applications that ask `total` cents together, or a little more: weak ones, and dear ones."""
    plans: list[Plan] = []
    themes = list(THEME_IDEAS)
    while sum(p.requested for p in plans) < total:
        theme = themes[len(plans) % len(themes)]
        ideas = THEME_IDEAS[theme]
        dear = len(plans) % 3 == 0
        requested = _round_to(
            chance.uniform(118_000, 165_000 if dear else 130_000) * EURO * (1 if dear else 0.35)
        )
        lead = regions[(len(plans) * 5 + 3) % len(regions)]
        plans.append(
            Plan(
                title=ideas[len(plans) // len(themes) % len(ideas)],
                theme=theme,
                regions=(lead,),
                requested=requested,
                minimum=requested,
                quality=chance.randint(57, 63) if dear else chance.randint(28, 51),
                invented=True,
            )
        )
    return plans


def shelter_awards(facts: SchemeFacts, chance: random.Random) -> list[Plan]:
    """The six real experiments with made-up amounts that add up to what was awarded."""
    weights = [chance.uniform(0.6, 1.3) * (1.5 if len(p.regions) > 1 else 1.0) for p in facts.projects]
    amounts = [_round_to(facts.awarded * w / sum(weights)) for w in weights]
    amounts[-1] += facts.awarded - sum(amounts)
    slugs = [g.slug for g in facts.grounds]
    return [
        Plan(
            title=project.title,
            theme="",
            regions=project.regions,
            requested=amount,
            minimum=amount,
            quality=chance.randint(68, 90),
            invented=False,
            partner=project.partner or "Opvangorganisatie in de regio",
            grounds=tuple(sorted(chance.sample(slugs, chance.randint(1, 2)))),
        )
        for project, amount in zip(facts.projects, amounts, strict=True)
    ]


def shelter_refusals(
    total: int, facts: SchemeFacts, regions: Sequence[str], chance: random.Random
) -> list[Plan]:
    """Invented experiments that ask `total` cents together, or a little more."""
    plans: list[Plan] = []
    slugs = [g.slug for g in facts.grounds]
    while sum(p.requested for p in plans) < total:
        requested = _round_to(chance.uniform(48_000, 92_000) * EURO)
        plans.append(
            Plan(
                title=SHELTER_IDEAS[len(plans) % len(SHELTER_IDEAS)],
                theme="",
                regions=(regions[(len(plans) * 7 + 2) % len(regions)],),
                requested=requested,
                minimum=requested,
                quality=chance.randint(30, 52),
                invented=True,
                partner="Opvangorganisatie in de regio",
                grounds=(chance.choice(slugs),),
            )
        )
    return plans


def levels(rules: RoundRules, quality: int, readers: int, chance: random.Random) -> list[dict[str, int]]:
    """Levels of so many readers whose mean total comes near `quality` points; they differ as people do."""
    target = quality * 1000 * readers
    given = [
        {c.code: _near(quality, chance.gauss(0, 0.9)) for c in rules.criteria} for _reader in range(readers)
    ]
    # The last changes are small steps towards the target, spread over readers and criteria.
    for _try in range(40 * readers):
        gap = target - sum(rules.points(one) for one in given)
        criterion = chance.choice(rules.criteria)
        reader = chance.choice(given)
        moved = reader[criterion.code] + (1 if gap > 0 else -1)
        effect = criterion.weight * 125
        if abs(gap) > effect / 2 and moved in LEVELS:
            reader[criterion.code] = moved
    return given


def _near(quality: int, slip: float) -> int:
    return min(LEVELS[-1], max(LEVELS[0], int(1 + quality * 8 / 100 + slip + 0.5)))
