"""The rounds of the demonstration: two of 2019, one of last year, and two of today: open, and being assessed."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

from pool.applications.models import Application
from pool.assessment import service as assessment
from pool.assessment.inputs import DeadlineInput
from pool.assessment.states import StudyKind
from pool.core.clock import at_local, local_date
from pool.core.db import db
from pool.regions import queries as regions
from pool.rounds import service as rounds
from pool.rounds.inputs import Question, RoundInput, RoundRules
from pool.rounds.models import Round
from pool.rounds.states import Instrument

from . import bottlenecks, facts, invent, paper, story, together, words
from .accounts import COLLEAGUE_REGION, Cast
from .invent import Plan

EXTRA_FROM = 15_000
"""Thousandths of a point between two totals, from which one more assessor reads along."""
SEED = 2020
"""With this seed the computed allocation of 2019 awards exactly the 51 real projects."""

OBJECTION_ADDRESS = "Ministerie van Volksgezondheid, Welzijn en Sport, afdeling bezwaar (demonstratie), Postbus 0000, 2500 AA Den Haag"
INVENTED_2019 = (
    "Echt in deze ronde: de toegekende projecten met hun thema en regio's, en de totalen. "
    "Verzonnen: de bedragen per project, de scores, de beoordelaars, de data en de afgewezen aanvragen."
)
INVENTED_SHELTER = f"{INVENTED_2019} Ook verzonnen: de uitleg bij de knelpunten, en alle cijfers per knelpunt met hun citaten."
INVENTED_TODAY = "Alles in deze ronde is verzonnen, om het systeem uit te proberen."
SPREAD = (35_000, 17_500, 8_750, 3_500)


def _local(year: int, month: int, day: int, hour: int = 9) -> dt.datetime:
    return at_local(dt.date(year, month, day), dt.time(hour))


def _pool_rules(slug: str, selection_grounds: tuple[str, ...]) -> RoundRules:
    return RoundRules(
        criteria=words.CRITERIA,
        themes=tuple(theme.slug for theme in regions.all_themes()),
        spread_steps=SPREAD,
        min_merit=55_000,
        tie_seed=f"Loting {slug}",
        objection_address=OBJECTION_ADDRESS,
        grounds_of_choice=selection_grounds,
    )


def make_schemes(cast: Cast) -> None:
    actor = cast.at("programma", _local(2019, 1, 14))
    pool, shelter = facts.of(facts.POOL), facts.of(facts.SHELTER)
    rounds.create_scheme(
        actor,
        facts.POOL,
        pool.name,
        "Geld voor gemeenten die de aanpak van huiselijk geweld en kindermishandeling willen versnellen, "
        "verdiepen of verbreden, of die een knelpunt willen wegnemen.",
        "VDND",
    )
    rounds.create_scheme(
        actor,
        facts.SHELTER,
        shelter.name,
        "Geld voor gemeenten die samen met een opvangorganisatie iets nieuws proberen in de vrouwenopvang.",
        "VO",
    )


def _year_round(
    cast: Cast, scheme: str, slug: str, title: str, rules: RoundRules, ceiling: int, closes: dt.date
) -> Round:
    actor = cast.at("programma", _local(2019, 1, 28))
    given = RoundInput(
        scheme_slug=scheme,
        slug=slug,
        title=title,
        year=2019,
        instrument=Instrument.SPECIFIC_GRANT,
        legal_basis="Programma Geweld hoort nergens thuis (grondslag verzonnen voor de demonstratie)",
        publication_reference="demonstratie",
        publication_date=dt.date(2019, 1, 28),
        opens_at=_local(2019, 2, 11),
        closes_at=at_local(closes, dt.time(12)),
        ceiling=ceiling,
        rules=rules,
        invented=INVENTED_SHELTER if rules.bottlenecks else INVENTED_2019,
    )
    round_ = rounds.create(actor, given)
    rounds.publish(actor, round_)
    db.session.commit()
    return round_


def pool_2019(cast: Cast) -> Round:
    """The projects of 2019 as decided: 51 awards, € 3,199,042, after the ceiling was raised once."""
    known, chance = facts.of(facts.POOL), random.Random(SEED)
    round_ = _year_round(
        cast,
        facts.POOL,
        "projectenpool-2019",
        "Projectenpool 2019",
        _pool_rules("projectenpool 2019", known.selection_grounds),
        known.available,
        dt.date(2019, 4, 1),
    )
    real = invent.pool_awards(known, _titles(known), chance)
    asked = sum(plan.requested for plan in real)
    places = [region.slug for region in regions.all_regions()]
    refused = invent.pool_refusals(known.asked_over + 40_000 * 100 - asked, places, chance)
    _assess(cast, round_, [*real, *refused], chance, _local(2019, 2, 18), _local(2019, 3, 31))
    rounds.change_ceiling(
        cast.at("programma", _local(2019, 6, 10)),
        round_,
        known.awarded,
        "Er zijn meer goede voorstellen dan geld, en een ander onderdeel van het programma houdt geld over. "
        "De reden en de dag zijn verzonnen; het nieuwe plafond is wat er in 2019 echt is toegekend.",
    )
    db.session.commit()
    _conclude(cast, round_, known.awarded, before=known.available)
    return round_


def shelter_2019(cast: Cast) -> Round:
    """The experiments of 2019 as decided: 6 awards, € 435,000 of € 450,000."""
    known, chance = facts.of(facts.SHELTER), random.Random(SEED + 1)
    rules = RoundRules(
        criteria=words.CRITERIA,
        grounds=known.grounds,
        shelter_partner=True,
        spread_steps=SPREAD,
        min_merit=55_000,
        partial_awards=False,
        tie_seed="Loting experimenten vrouwenopvang 2019",
        objection_address=OBJECTION_ADDRESS,
        grounds_of_choice=known.selection_grounds,
        bottlenecks=bottlenecks.BOTTLENECKS,
    )
    round_ = _year_round(
        cast,
        facts.SHELTER,
        "vrouwenopvang-2019",
        "Experimenten vrouwenopvang 2019",
        rules,
        known.available,
        dt.date(2019, 4, 15),
    )
    real = invent.shelter_awards(known, chance)
    places = [region.slug for region in regions.all_regions()]
    asked = sum(plan.requested for plan in real)
    refused = invent.shelter_refusals(known.asked_over + 12_000 * 100 - asked, known, places, chance)
    _assess(cast, round_, [*real, *refused], chance, _local(2019, 2, 25), _local(2019, 4, 14))
    _conclude(cast, round_, known.awarded)
    return round_


def _titles(known: facts.SchemeFacts) -> list[str]:
    """Titles of the real projects; where none was published a neutral one, numbered when it would occur twice."""
    names = {region.slug: region.name for region in regions.all_regions()}
    themes = {theme.slug: theme.name for theme in regions.all_themes()}
    seen: dict[tuple[str, str], int] = {}
    titles = []
    for project in known.projects:
        key = (project.theme, project.regions[0])
        alike = [p for p in known.projects if not p.title and (p.theme, p.regions[0]) == key]
        number = 0
        if not project.title and len(alike) > 1:
            number = seen[key] = seen.get(key, 0) + 1
        titles.append(invent.title_of(project, names[project.regions[0]], themes[project.theme], number))
    return titles


def _assess(
    cast: Cast, round_: Round, plans: list[Plan], chance: random.Random, first: dt.datetime, last: dt.datetime
) -> None:
    """From the first application to the adopted merits."""
    order = sorted(range(len(plans)), key=lambda _place: chance.random())
    made = story.apply_all(cast, round_, [plans[place] for place in order], first, last)
    quality = {a.id: plans[place].quality for a, place in zip(made, order, strict=True)}
    story.find_complete(cast, round_, made, _local(2019, 4, 23))
    _score(cast, round_, quality, chance, _local(2019, 4, 24), _local(2019, 5, 20))
    story.meet(cast, round_, _local(2019, 5, 22), _local(2019, 5, 28))
    bottlenecks.agree(cast, round_, _local(2019, 5, 29))
    assessment.adopt_merits(cast.at("voorzitter", _local(2019, 6, 3)), round_)
    db.session.commit()


def _score(
    cast: Cast,
    round_: Round,
    quality: dict[int, int],
    chance: random.Random,
    assigned: dt.datetime,
    scored: dt.datetime,
    leave_open: dict[int, int] | None = None,
) -> None:
    programme = cast.at("programma", assigned)
    assessment.finalise_plan(programme, assessment.make_plan(programme, round_))
    db.session.commit()
    story.score_all(cast, round_, quality, scored, chance, leave_open)


def _conclude(cast: Cast, round_: Round, awarded: int, before: int | None = None) -> None:
    """The allocation, the advice with the record of 2019, the decisions and the letters.

    before: the ceiling before it was raised, in cents; what it would have meant is there to compare.
    """
    scenario = story.allocate(cast, round_, "Volgens de gepubliceerde regels", _local(2019, 6, 11))
    if before is not None:
        story.allocate(cast, round_, "Zonder verhoging van het plafond", _local(2019, 6, 12), before)
    record = story.record_of_2019(round_, scenario, awarded)
    story.advise(cast, round_, scenario, record, _local(2019, 6, 17))
    story.decide(cast, round_, _local(2019, 6, 24), _local(2019, 7, 1))
    story.report_2019(cast, round_, _local(2019, 12, 2))
    story.see(cast, round_, _local(2021, 2, 1))


SMALL = (
    ("Gezinsgesprekken na een huisverbod", "plegeraanpak", COLLEAGUE_REGION, 2_000_000),
    ("Een buddy voor jonge moeders", "lokale-teams", "twente", 2_400_000),
)
"""Titles, themes, regions and amounts (cents) of projects that are too small to be asked for reports."""
DAY = dt.timedelta(days=1)


def small_lately(cast: Cast, now: dt.datetime) -> Round:
    """A round of subsidies that was decided last year: nothing is asked of the municipalities, and the leads tell."""
    chance, decided = random.Random(SEED + 4), at_local(local_date(now) - 430 * DAY, dt.time(9))
    opens, closes = decided - 110 * DAY, decided - 80 * DAY
    rules = _pool_rules("kleine projecten", facts.of(facts.POOL).selection_grounds)
    slug, title = f"kleine-projecten-{decided.year}", f"Projectenpool {decided.year}, kleine projecten"
    round_ = _round_of_today(cast, slug, title, opens, closes, 5_000_000, rules)
    plans = [Plan(name, theme, (place,), amount, amount, 80, True) for name, theme, place, amount in SMALL]
    made = story.apply_all(cast, round_, plans, opens + DAY, closes - DAY)
    story.find_complete(cast, round_, made, closes + 3 * DAY)
    quality = {a.id: plan.quality for a, plan in zip(made, plans, strict=True)}
    _score(cast, round_, quality, chance, closes + 5 * DAY, closes + 30 * DAY)
    assessment.adopt_merits(cast.at("voorzitter", closes + 40 * DAY), round_)
    db.session.commit()
    scenario = story.allocate(cast, round_, "Volgens de gepubliceerde regels", closes + 45 * DAY)
    story.advise(cast, round_, scenario, None, closes + 50 * DAY)
    story.decide(cast, round_, closes + 70 * DAY, decided)
    story.see(cast, round_, now, left=COLLEAGUE_REGION)
    return round_


TODAY_PLANS = 12


def _plans_of_today(chance: random.Random, number: int) -> list[Plan]:
    places, plans = [region.slug for region in regions.all_regions()], []
    themes = list(invent.THEME_IDEAS)
    for place in range(number):
        theme = themes[(place * 4 + 1) % len(themes)]
        ideas = invent.THEME_IDEAS[theme]
        requested = int(chance.uniform(40, 130)) * 1000 * 100
        lead = places[(place * 11 + 4) % len(places)]
        joint = (lead, places[(place * 11 + 5) % len(places)]) if place % 4 == 0 else (lead,)
        plans.append(
            Plan(
                title=ideas[place % len(ideas)],
                theme=theme,
                regions=joint,
                requested=requested,
                minimum=requested * 3 // 4 // 100_000 * 100_000 if place % 2 else requested,
                quality=chance.randint(48, 90),
                invented=True,
            )
        )
    return plans


def _round_of_today(
    cast: Cast,
    slug: str,
    title: str,
    opens: dt.datetime,
    closes: dt.datetime,
    ceiling: int,
    rules: RoundRules,
) -> Round:
    actor = cast.at("programma", opens - dt.timedelta(days=14))
    given = RoundInput(
        scheme_slug=facts.POOL,
        slug=slug,
        title=title,
        year=local_date(opens).year,
        instrument=Instrument.SUBSIDY,
        legal_basis="Regeling demonstratie projectenpool",
        publication_reference="demonstratie",
        publication_date=local_date(opens) - dt.timedelta(days=14),
        opens_at=opens,
        closes_at=closes,
        ceiling=ceiling,
        rules=rules,
        invented=INVENTED_TODAY,
    )
    round_ = rounds.create(actor, given)
    rounds.publish(actor, round_)
    db.session.commit()
    return round_


def open_today(cast: Cast, now: dt.datetime) -> Round:
    """A round that opened a week ago and closes in three weeks, with a few applications and one draft."""
    chance, day = random.Random(SEED + 2), local_date(now)
    rules = _pool_rules(f"open ronde {day.year}", facts.of(facts.POOL).selection_grounds)
    question = Question("doelgroep", "Wie merkt er iets van dit project?", "Noem de mensen om wie het gaat.")
    opens = at_local(day - dt.timedelta(days=7), dt.time(9))
    closes = at_local(day + dt.timedelta(days=21), dt.time(12))
    rules = replace(rules, questions=(question,), documents=paper.ASKED)
    title = f"Projectenpool {day.year}, open ronde"
    round_ = _round_of_today(cast, "open-ronde", title, opens, closes, 150_000_000, rules)
    plans = _plans_of_today(chance, 4)
    made = story.apply_all(cast, round_, plans, opens + dt.timedelta(hours=6), now - dt.timedelta(hours=3))
    # The programme team waits for an answer that is not due yet.
    story.talk(cast, made[0], now - dt.timedelta(days=2), answered=False)
    # Two that the team intends to refuse: one municipality gave its view, the other still can.
    story.intend(cast, made[1], now - dt.timedelta(days=2), words.VIEW_ON_INTENTION)
    story.intend(cast, made[2], now - dt.timedelta(days=1))
    places = ("kennemerland", "zaanstreek-waterland")
    plan = Plan("Samen eerder in beeld", "lokale-teams", places, 6_000_000, 4_500_000, 0, True)
    draft = story.apply(cast, round_, plan, now - dt.timedelta(hours=3), 2, submit=False)
    together.confirm_partners(cast, draft, now)
    together.wait_for_signature(cast, round_, now)
    db.session.commit()
    return round_


def in_assessment_today(cast: Cast, now: dt.datetime) -> Round:
    """A round that closed last month: nearly all scores are in, a few wait for the visitor."""
    chance, day = random.Random(SEED + 3), local_date(now)
    rules = _pool_rules(f"beoordelingsronde {day.year}", facts.of(facts.POOL).selection_grounds)
    rules = replace(rules, extra_assessor_gap=EXTRA_FROM, documents=paper.ASKED)
    opens = at_local(day - dt.timedelta(days=75), dt.time(9))
    closes = at_local(day - dt.timedelta(days=35), dt.time(12))
    title = f"Projectenpool {day.year}, ronde in beoordeling"
    round_ = _round_of_today(cast, "ronde-in-beoordeling", title, opens, closes, 60_000_000, rules)
    plans = _plans_of_today(chance, TODAY_PLANS)
    made: list[Application] = story.apply_all(
        cast, round_, plans, opens + dt.timedelta(days=1), closes - dt.timedelta(hours=5)
    )
    story.talk(cast, made[1], closes + dt.timedelta(hours=20), answered=True)
    story.find_complete(cast, round_, made, closes + dt.timedelta(days=3))
    quality = {a.id: plan.quality for a, plan in zip(made, plans, strict=True)}
    waiting = {cast.user("beoordelaar 1").id: 3, cast.user("beoordelaar 2").id: 1}
    assigned, scored = closes + dt.timedelta(days=5), closes + dt.timedelta(days=20)
    _score(cast, round_, quality, chance, assigned, scored, waiting)
    last_day = DeadlineInput(day + dt.timedelta(days=4), remind_days=2)
    assessment.set_deadline(cast.at("programma", assigned), round_, last_day)
    starts_at = at_local(day + dt.timedelta(days=7), dt.time(9, 30))
    story.plan_meeting(cast, round_, now - dt.timedelta(hours=1), starts_at)
    assessment.request_studies(cast.at("voorzitter", now), round_, list(StudyKind))
    db.session.commit()
    return round_
