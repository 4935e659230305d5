"""The verbs about applications: start, write, submit, withdraw, check, supplement, and look from the region."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from pool.core import audit, clock, outbox, terms
from pool.core.access import Actor, require
from pool.core.db import db, lock
from pool.core.errors import Conflict, Invalid, InvalidMany, Missing, Refused
from pool.core.text import clean, clean_line, fingerprint
from pool.people.models import Organisation, User
from pool.people.states import OrganisationKind
from pool.regions import queries as regions
from pool.rounds import queries as rounds
from pool.rounds.models import Round, Scheme

from . import mail, queries, rules
from .inputs import SECTIONS, CheckInput, Contact, Content, Project, Reach
from .lifecycle import LIFE
from .models import (
    Application,
    ApplicationRegion,
    ApplicationVersion,
    CompletenessCheck,
    RegionalView,
    SectionSave,
)
from .states import ApplicationState, Completeness

_LINES = frozenset({"title", "name", "role", "function", "email", "phone", "description"})
"""Fields that are one line of text."""


class StaleSection(Conflict):
    """Somebody else saved this section after the page was loaded. theirs is what is kept now, mine what came in."""

    def __init__(self, section: str, theirs: Any, mine: Any, saved: SectionSave, revision: int) -> None:
        super().__init__(
            "stale",
            f"{saved.saved_by_name} heeft dit onderdeel gewijzigd terwijl u bezig was. Kies hieronder.",
        )
        self.section, self.theirs, self.mine = section, theirs, mine
        self.saved_by, self.saved_at, self.revision = saved.saved_by_name, saved.saved_at, revision


# --- start ------------------------------------------------------------------------------------------------


def start(actor: Actor, round_: Round) -> Application:
    """Begin a draft for the actor's municipality. The reference is given here and stays."""
    require(rules.can_start(actor, round_))
    organisation = db.session.get(Organisation, actor.organisation_id)
    if organisation is None or organisation.kind != OrganisationKind.MUNICIPALITY:
        raise Refused("refused", "Alleen een gemeente kan aanvragen.")
    user = db.session.get(User, actor.user_id)
    region = organisation.municipality.region if organisation.municipality else None
    content = Content(
        reach=Reach(regions=(region.slug,) if region else ()),
        contact=Contact(name=actor.name, email=user.email if user else ""),
    )
    application = Application(
        reference=_next_reference(round_),
        round=round_,
        organisation=organisation,
        content=content.to_json(),
        created_at=actor.at,
        created_by=actor.user_id,
    )
    db.session.add(application)
    db.session.flush()
    _mirror(application, content)
    audit.record(
        actor,
        "application.start",
        application.audit_chain,
        f"application:{application.id}",
        {},
        {"state": application.state.value, "reference": application.reference, "round": round_.slug},
    )
    return application


def _next_reference(round_: Round) -> str:
    """`<prefix>-<year>-<nnn>`. The scheme's row is locked, so two that start together get different numbers."""
    scheme = lock(Scheme, round_.scheme_id)
    stem = f"{scheme.prefix}-{round_.year}-"
    last = queries.last_reference(stem)
    number = int(last.removeprefix(stem)) + 1 if last else 1
    return f"{stem}{number:03d}"


# --- write ------------------------------------------------------------------------------------------------


def save_section(actor: Actor, application: Application, section: str, value: Any, revision: int) -> None:
    """Keep one section of the text. revision: of the application when the person began to write.

    Raises StaleSection when somebody else saved this same section since; another section is no obstacle.
    """
    if section not in SECTIONS:
        raise Missing
    _hold(application)
    round_rules = rounds.rules_of(application.round)
    require(rules.can_edit(actor, application))
    require(rules.can_edit_section(application, section, round_rules))
    value = _tidy(value)
    if section == "budget" and not round_rules.partial_awards:
        value = dataclasses.replace(value, minimum=value.requested)
    problems = rules.unacceptable(section, value, round_rules)
    if section == "reach":
        problems += _unknown_regions(value)
    if problems:
        raise InvalidMany(problems)
    content = queries.draft(application)
    current = content.section(section)
    if value == current:
        return
    saved = db.session.get(SectionSave, (application.id, section))
    if saved is not None and saved.revision > revision:
        raise StaleSection(section, current, value, saved, application.revision)
    content = content.with_section(section, value)
    application.content = content.to_json()
    if application.current_version is None:
        _mirror(application, content)
    db.session.flush()
    if saved is None:
        saved = SectionSave(application_id=application.id, section=section)
        db.session.add(saved)
    saved.revision, saved.saved_at = application.revision, actor.at
    saved.saved_by, saved.saved_by_name = actor.user_id, actor.name
    db.session.flush()


def _hold(application: Application) -> None:
    """Lock the row and read it afresh, so that what is judged is what is changed."""
    db.session.flush()
    db.session.refresh(application, with_for_update=True)
    db.session.expire(application, ["versions", "checks"])


def _tidy(value: Any) -> Any:
    """The same value with every text as it may be stored."""
    if isinstance(value, dict):
        return {code: clean(text) for code, text in value.items()}
    tidied: dict[str, Any] = {}
    for part in dataclasses.fields(value):
        found = getattr(value, part.name)
        if isinstance(found, str):
            tidied[part.name] = clean_line(found) if part.name in _LINES else clean(found)
        elif isinstance(found, tuple):
            tidied[part.name] = tuple(_tidy(x) if dataclasses.is_dataclass(x) else x for x in found)
    return dataclasses.replace(value, **tidied)


def _unknown_regions(reach: Reach) -> list[Invalid]:
    known = regions.regions_by_slug(reach.regions)
    if len(set(reach.regions)) != len(reach.regions) or set(reach.regions) - set(known):
        return [Invalid("regions", "Kies elke regio één keer.", "regions")]
    return []


def _mirror(application: Application, content: Content) -> None:
    """Repeat in columns what the content says, for lists and for what comes after."""
    project: Project = content.project
    theme = regions.theme_by_slug(project.theme) if project.theme else None
    application.title = project.title
    application.theme_id = theme.id if theme else None
    application.requested = content.budget.requested
    # A draft may still say that it needs more than it asks; the columns are what lists and checks rely on.
    application.minimum = min(content.budget.minimum, content.budget.requested)
    known = regions.regions_by_slug(content.reach.regions)
    wanted = [known[slug].id for slug in content.reach.regions]
    if [link.region_id for link in application.region_links] != wanted:
        # Removed first, because an exchange of two places would break the uniqueness half-way.
        application.region_links.clear()
        db.session.flush()
        application.region_links.extend(
            ApplicationRegion(position=place, region_id=ident) for place, ident in enumerate(wanted)
        )
    db.session.flush()
    db.session.expire(application, ["theme"])


# --- submit -----------------------------------------------------------------------------------------------


def lacks(application: Application) -> list[rules.Lack]:
    """What the draft still needs before it can be submitted."""
    municipality = application.organisation.municipality
    own = municipality.region.slug if municipality else None
    return rules.missing(queries.draft(application), rounds.rules_of(application.round), own)


def submit(actor: Actor, application: Application, revision: int | None = None) -> ApplicationVersion:
    """Submit the draft as a version that never changes; until closing it replaces the version before it.

    revision: of the text that the person looked at; Conflict when it changed since. The same text again gives
    the version that is there. InvalidMany says what is missing; Refused (`late`) after the closing moment.
    """
    _hold(application)
    require(LIFE.may(actor, application, "submit"))
    content = _ready_content(application, revision)
    current = application.current_version
    if (
        current is not None
        and application.state == ApplicationState.SUBMITTED
        and current.sha256 == fingerprint(content.to_json())
    ):
        return current
    return _submit_version(actor, application, content, "submit")


def supplement(actor: Actor, application: Application, revision: int | None = None) -> ApplicationVersion:
    """Submit the supplemented text as a new version; only while a supplement is asked and its term runs."""
    _hold(application)
    require(LIFE.may(actor, application, "supplement"))
    content = _ready_content(application, revision)
    return _submit_version(actor, application, content, "supplement")


def _ready_content(application: Application, revision: int | None) -> Content:
    if revision is not None and revision != application.revision:
        raise Conflict(
            "stale", "De aanvraag is intussen gewijzigd. Bekijk de tekst hieronder en dien dan opnieuw in."
        )
    problems = lacks(application)
    if problems:
        raise InvalidMany(list(problems))
    return queries.draft(application)


def _submit_version(
    actor: Actor, application: Application, content: Content, move: str
) -> ApplicationVersion:
    body = content.to_json()
    version = ApplicationVersion(
        application_id=application.id,
        number=len(application.versions) + 1,
        content=body,
        sha256=fingerprint(body),
        submitted_at=actor.at,
        submitted_by=actor.user_id,
        submitted_by_name=actor.name,
    )
    db.session.add(version)
    if move == "submit":
        application.submitted_at = actor.at
    _mirror(application, content)
    LIFE.move(actor, application, move, facts={"version": version.number, "sha256": version.sha256})
    application.supplement_until = None
    db.session.flush()
    db.session.expire(application, ["versions"])
    subject, body_text = mail.receipt(
        application.reference,
        content.project.title,
        application.organisation.name,
        version.number,
        version.submitted_at,
        version.sha256,
        application.round.invented,
    )
    _post(actor, application, f"receipt:{version.number}", subject, body_text, version)
    return version


def _post(
    actor: Actor,
    application: Application,
    about: str,
    subject: str,
    body: str,
    version: ApplicationVersion | None = None,
) -> None:
    """Mail the person who submitted and the contact person; once when they are the same."""
    version = version or application.current_version
    user_id = version.submitted_by if version else application.created_by
    user = db.session.get(User, user_id) if user_id is not None else None
    to: dict[str, int | None] = {}
    if user is not None:
        to[user.email] = user.id
    contact = queries.content(application).contact.email
    if rules.is_email(contact):
        to.setdefault(contact.lower(), None)
    for address, ident in to.items():
        key = f"application:{application.id}:{about}:{address}"
        outbox.post(actor, key, address, subject, body, user_id=ident)


# --- withdraw ---------------------------------------------------------------------------------------------


def withdraw(actor: Actor, application: Application, reason: str) -> None:
    """Withdraw, with a reason; what was submitted stays on record."""
    reason = clean(reason)
    if not reason:
        raise Invalid("reason", "Geef de reden waarom u intrekt.", "reason")
    if len(reason) > rules.LIMITS["reason"]:
        raise Invalid("reason", "De reden is te lang.", "reason")
    was_submitted = application.submitted_at is not None
    LIFE.move(actor, application, "withdraw", reason)
    application.supplement_until = None
    db.session.flush()
    if was_submitted:
        subject, body = mail.withdrawn(application.reference, application.title, actor.at, reason)
        _post(actor, application, "withdrawn", subject, body)


# --- completeness -----------------------------------------------------------------------------------------

_MOVES = {
    Completeness.COMPLETE: "complete",
    Completeness.SUPPLEMENT: "ask_supplement",
    Completeness.INADMISSIBLE: "refuse",
}


def check(actor: Actor, application: Application, given: CheckInput) -> CompletenessCheck:
    """Record an outcome of the completeness check and tell the applicant."""
    _hold(application)
    require(LIFE.may(actor, application, _MOVES[given.outcome]))
    round_rules = rounds.rules_of(application.round)
    problems = rules.unfit_check(given, round_rules, actor.at)
    if problems:
        raise InvalidMany(problems)
    last_day = None
    if given.outcome == Completeness.SUPPLEMENT:
        asked = clock.local_date(actor.at)
        last_day = given.supplement_by or terms.supplement(asked, days=round_rules.supplement_days).last_day
    by_code = {point.code: point for point in given.points}
    points = [
        {"point": p.code, "ok": by_code[p.code].ok, "note": clean(by_code[p.code].note)}
        for p in rules.check_points(round_rules)
    ]
    return _record_check(actor, application, given.outcome, points, clean(given.reason), last_day)


def _record_check(
    actor: Actor,
    application: Application,
    outcome: Completeness,
    points: list[Any],
    reason: str,
    last_day: dt.date | None,
    move: str | None = None,
) -> CompletenessCheck:
    row = CompletenessCheck(
        application_id=application.id,
        outcome=outcome,
        points=points,
        reason=reason,
        supplement_by=last_day.isoformat() if last_day else None,
        checked_at=actor.at,
        checked_by=actor.user_id,
    )
    db.session.add(row)
    application.supplement_until = clock.end_of_day(last_day) if last_day else application.supplement_until
    facts = {"supplement_by": last_day.isoformat()} if last_day else {}
    LIFE.move(actor, application, move or _MOVES[outcome], reason, facts)
    if last_day is None:
        application.supplement_until = None
    db.session.flush()
    db.session.expire(application, ["checks"])
    _tell_outcome(actor, application, row, last_day, move == "extend_supplement")
    return row


def _tell_outcome(
    actor: Actor, application: Application, row: CompletenessCheck, last_day: dt.date | None, extended: bool
) -> None:
    round_rules = rounds.rules_of(application.round)
    if last_day is not None:
        labels = {p.code: p.label for p in rules.check_points(round_rules)}
        wanted = [(labels[p["point"]], p["note"]) for p in row.points if not p["ok"]]
        letter = mail.supplement(application.reference, application.title, wanted, last_day, extended)
    elif row.outcome == Completeness.COMPLETE:
        letter = mail.complete(application.reference, application.title)
    else:
        until = terms.objection(clock.local_date(actor.at)).last_day
        letter = mail.inadmissible(
            application.reference, application.title, row.reason, round_rules.objection_address, until
        )
    _post(actor, application, f"check:{row.id}", *letter)


def extend_supplement(
    actor: Actor, application: Application, last_day: dt.date, reason: str
) -> CompletenessCheck:
    """Give longer to supplement, also after the first date has passed; recorded as a check of its own."""
    _hold(application)
    require(LIFE.may(actor, application, "extend_supplement"))
    problems = []
    until = application.supplement_until
    if last_day <= clock.local_date(actor.at) or (until and last_day <= clock.local_date(until)):
        problems.append(Invalid("supplement_by", "Kies een latere datum dan de huidige.", "supplement_by"))
    if not clean(reason):
        problems.append(Invalid("reason", "Geef de reden van het uitstel.", "reason"))
    if problems:
        raise InvalidMany(problems)
    points = application.checks[-1].points
    return _record_check(
        actor, application, Completeness.SUPPLEMENT, points, clean(reason), last_day, "extend_supplement"
    )


# --- the region -------------------------------------------------------------------------------------------


def give_view(actor: Actor, application: Application, region_id: int, text: str) -> RegionalView:
    """Give or replace what a region's project leader thinks of an application."""
    _hold(application)
    require(rules.can_give_view(actor, application, region_id, rounds.rules_of(application.round)))
    text = clean(text)
    if not text:
        raise Invalid("text", "Schrijf uw zienswijze op.", "text")
    if len(text) > rules.LIMITS["view"]:
        raise Invalid("text", f"Gebruik niet meer dan {rules.LIMITS['view']} tekens.", "text")
    view = next((v for v in queries.views_of(application.id) if v.region_id == region_id), None)
    before = {"text": view.text} if view else {}
    if view is None:
        view = RegionalView(application_id=application.id, region_id=region_id)
        db.session.add(view)
    view.text, view.written_at, view.written_by = text, actor.at, actor.user_id
    db.session.flush()
    audit.record(
        actor,
        "application.give_view",
        application.audit_chain,
        f"regional_view:{view.id}",
        before,
        {"text": text, "region": region_id},
    )
    return view
