"""Start an application and write its text."""

from __future__ import annotations

import dataclasses
from typing import Any

from pool.core import audit
from pool.core.access import Actor, require
from pool.core.db import db, lock, lock_again
from pool.core.errors import Conflict, Invalid, InvalidMany, Missing, Refused
from pool.core.text import clean, clean_line
from pool.people.models import Organisation, User
from pool.people.states import OrganisationKind
from pool.regions import queries as regions
from pool.rounds import queries as rounds
from pool.rounds.models import Round, Scheme

from .. import queries, rules
from ..inputs import SECTIONS, Contact, Content, Project, Reach
from ..models import Application, ApplicationRegion, SectionSave
from . import lapsing

_LINES = frozenset(
    {
        "title",
        "name",
        "role",
        "contribution",
        "function",
        "email",
        "phone",
        "description",
        "what",
        "baseline",
        "target",
    }
)
"""Fields that are one line of text."""
_MIRRORED = frozenset({"project", "reach", "budget"})
"""Sections of which columns repeat a part, see `mirror`."""


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
    mirror(application, content)
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
    hold(application)
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
    saved = queries.save_of(application, section)
    if saved is not None and saved.revision > revision:
        raise StaleSection(section, current, value, saved, application.revision)
    content = content.with_section(section, value)
    application.content = content.to_json()
    if section in _MIRRORED and application.current_version is None:
        mirror(application, content)
    db.session.flush()
    note_save(actor, application, section, saved)


def note_save(actor: Actor, application: Application, section: str, saved: SectionSave | None) -> None:
    """Note who changed a section last. The revision of the application has moved on already.

    saved: what was noted of the last time, see `queries.save_of`.
    """
    if saved is None:
        saved = SectionSave(application_id=application.id, section=section)
        db.session.add(saved)
    saved.revision, saved.saved_at = application.revision, actor.at
    saved.saved_by, saved.saved_by_name = actor.user_id, actor.name
    db.session.flush()
    lapsing.follow_change(actor, application)


def hold(application: Application) -> None:
    """Lock the row as it is now, so that what is judged is what is changed."""
    db.session.flush()
    lock_again(application)
    # What hangs on it is read again when it is asked for.
    parts = ["versions", "checks", "hearings", "region_links", "saves", "theme"]
    db.session.expire(application, parts)


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


def mirror(application: Application, content: Content) -> None:
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
