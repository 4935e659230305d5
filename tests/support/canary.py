"""Marks in confidential fields, and who meets them.

`tests/architecture/fields.csv` says of every text column who may read it. A mark is a random word put into such a
field of one row; the row tells which application (or round) the mark belongs to, and who wrote it. `Eyes.unfit`
then looks into anything that somebody gets to see and names the marks that do not belong there.

Who may read, in the policy:

| word | meaning |
|---|---|
| iedereen | not confidential |
| code | no text of people: keys, hashes, states, or a document made of other fields, whose marks are followed |
| niemand | shown nowhere |
| self | the person the row is about, or who wrote it |
| applicant | somebody of the municipality that applies |
| regional_lead | of a region that the application is for |
| partner | a municipality or regional lead that the application asks to confirm a part of it |
| assigned | an assessor with a running assignment to the application |
| reader | the same, who said to have no interest |
| done | the same, who handed in the own scores |
| awarded | everybody, when the application was awarded and that is known |
| published | everybody, when the round is published |
| reported | regional lead (own region) and programme team, when the report was handed in |
| committee | its members, also one with an interest: it speaks of no application |
| assessor chair programme decider auditor admin | whoever has this role |

A member of the committee with an interest reads nothing of the application; while a round is weighed as a whole
(advice, allocation), nothing of the round either. A draft is read by its own municipality alone.
"""

from __future__ import annotations

import contextlib
import csv
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, String, Table, select, text, update
from sqlalchemy import Enum as SAEnum
from sqlalchemy.exc import IntegrityError

from pool.applications.models import Application
from pool.applications.models_together import PartnerRequest
from pool.applications.states import ApplicationState
from pool.assessment import queries as assessment
from pool.assessment.models import Assignment
from pool.assessment.queries.interests import barred_applications
from pool.assessment.states import COUNTING, InterestAnswer
from pool.awards import queries as awards
from pool.core.access import Actor, Role
from pool.core.db import IMMUTABLE_TABLES, Base, db
from pool.people import queries as people
from pool.rounds.models import Round
from pool.rounds.states import DECIDED_STATES, RoundState

POLICY = Path(__file__).parents[1] / "architecture" / "fields.csv"
OPEN = ("iedereen", "code")
FILE_NAMES = (
    "application.content:documents.*.name",
    "application_file.name",
    "application_version.content:documents.*.name",
    "hearing_file.name",
)
"""Where the name of a file stands: in the row of the file, and in each text that it goes with."""
SENTENCE = 16
"""Characters from which a text is told from a label on a page."""
_WORD = re.compile("zq[0-9a-f]{10}")
WORDS = {
    "iedereen",
    "code",
    "niemand",
    "self",
    "partner",
    "assigned",
    "reader",
    "done",
    "awarded",
    "published",
    "reported",
    "committee",
} | {role.value for role in Role}


@dataclass(frozen=True)
class Field:
    """A line of the policy. path: into a JSON column, `*` for any step, the longest that fits counts.

    who: while the committee works; known: when the decisions are known. own: the value itself is the mark.
    """

    table: str
    column: str
    path: str
    who: frozenset[str]
    known: frozenset[str]
    own: bool

    @property
    def name(self) -> str:
        return f"{self.table}.{self.column}" + (f":{self.path}" if self.path else "")

    @property
    def is_open(self) -> bool:
        return not self.who.isdisjoint(OPEN)

    def fits(self, path: tuple[str, ...]) -> bool:
        steps = self.path.split(".") if self.path else []
        return len(steps) <= len(path) and all(a in ("*", b) for a, b in zip(steps, path, strict=False))


def policy() -> list[Field]:
    """The lines of the policy, as written."""
    found = []
    with POLICY.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            name, _, path = row["field"].partition(":")
            table, _, column = name.partition(".")
            who = frozenset(row["who"].split())
            known = frozenset(row["known"].split()) or who
            found.append(Field(table, column, path, who, known, row["mark"] == "waarde"))
    return found


def text_columns() -> set[str]:
    """Every column that can hold what people write: text and JSON, but not the values of an enum."""
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, (String, JSON)) and not isinstance(column.type, SAEnum)
    }


@dataclass(frozen=True)
class Mark:
    """A word in a field of one row. application_id, round_id: what it belongs to, when it belongs to one."""

    word: str
    field: Field
    application_id: int | None
    round_id: int | None
    people: frozenset[int]
    handed_in: bool = True


@dataclass
class Watch:
    """All marks of a database, and what is known of its applications. Build it when the story is told."""

    marks: dict[str, Mark] = field(default_factory=dict)
    fields: list[Field] = field(default_factory=policy)
    marked: set[str] = field(default_factory=set)
    """Names of the fields in which there is a mark."""
    _files: dict[tuple[int | None, str], str] = field(default_factory=dict)
    written: dict[str, list[Mark]] = field(default_factory=dict)
    """Long enough texts as they were before the marks, packed; mail and letters were made from these."""

    # --- putting marks --------------------------------------------------------------------------------------

    def put(self) -> None:
        """A mark into every confidential field of every row. Hashes do not fit any more afterwards."""
        db.session.flush()
        _let_change()
        confidential = {(one.table, one.column) for one in self.fields if not one.is_open}
        for table_name, column in sorted(confidential):
            table = Base.metadata.tables[table_name]
            for row in db.session.execute(select(table)).mappings().all():
                changed = self._marked(table, column, row)
                if changed != row[column]:
                    same = [key == row[key.name] for key in table.primary_key.columns]
                    # A CHECK may demand that this stays empty, such as the address of a partner inside.
                    with contextlib.suppress(IntegrityError), db.session.begin_nested():
                        db.session.execute(update(table).where(*same).values({column: changed}))
        db.session.commit()
        db.session.expire_all()

    def _marked(self, table: Table, column: str, row: Mapping[Any, Any]) -> Any:
        found = [one for one in self.fields if (one.table, one.column) == (table.name, column)]

        def into(value: Any, path: tuple[str, ...]) -> Any:
            if isinstance(value, dict):
                return {key: into(inside, (*path, str(key))) for key, inside in value.items()}
            if isinstance(value, list):
                return [into(inside, (*path, "*")) for inside in value]
            if not isinstance(value, str):
                return value
            best = max((one for one in found if one.fits(path)), key=lambda one: len(one.path), default=None)
            if best is None:
                raise LookupError(f"{table.name}.{column}:{'.'.join(path)} is not in {POLICY.name}")
            if best.is_open:
                return value
            word = value if best.own else f"zq{secrets.token_hex(5)}"
            application_id, round_id, met = _belongs(table, row)
            self.marked.add(best.name)
            if best.name in FILE_NAMES:
                # A text finds its file by its name, so all the places of one name get one mark.
                word = self._files.setdefault((application_id, value), word)
                if word in self.marks and self.marks[word].field.who > best.who:
                    return f"{value} {word}"
            # Of people's names only those of assessors are secret; every other name stands under some document.
            if best.own and table.name == "user_account" and row["id"] not in self._assessors:
                return value
            handed_in = table.name != "progress_report" or row["submitted_at"] is not None
            mark = self.marks[word] = Mark(word, best, application_id, round_id, met, handed_in)
            if best.own:
                return value
            is_name = column.endswith(("_name", "_organisation"))
            if len(value) >= SENTENCE and table.name != "mail" and not is_name:
                self.written.setdefault("".join(value.split()), []).append(mark)
            return f"{value} {word}".strip()

        return into(row[column], ())

    # --- looking for marks ----------------------------------------------------------------------------------

    def seen(self, shown: str) -> list[Mark]:
        """The marks in a text; white space does not count, because documents break lines."""
        packed = "".join(shown.split())
        words = {word for word in _WORD.findall(packed) if word in self.marks}
        own = [mark for word, mark in self._own if word in packed]
        return [self.marks[word] for word in sorted(words)] + own

    def quoted(self, shown: str) -> list[list[Mark]]:
        """The texts of before that are in here, each with every mark that was put into one like it."""
        packed = "".join(shown.split())
        return [marks for text_, marks in self.written.items() if text_ in packed]

    @cached_property
    def _own(self) -> list[tuple[str, Mark]]:
        return [("".join(word.split()), mark) for word, mark in self.marks.items() if mark.field.own]

    def eyes_of(self, actor: Actor) -> Eyes:
        """What this person may read as things stand now."""
        return Eyes(self, actor)

    def may_read(self, mark: Mark, relations: set[str]) -> bool:
        known = mark.round_id in self._known
        return not (mark.field.known if known else mark.field.who).isdisjoint(relations)

    def relations(self, actor: Actor, mark: Mark) -> set[str]:
        """What the reader is to what the mark belongs to."""
        found = {role.value for role in actor.roles} - {Role.APPLICANT.value, Role.REGIONAL_LEAD.value}
        if actor.user_id in mark.people:
            found.add("self")
        if mark.application_id in self._awarded:
            found.add("awarded")
        # Not `hidden_from`, which the twins take away.
        member = actor.user_id is not None and actor.has(Role.ASSESSOR, Role.CHAIR)
        hidden = barred_applications(actor.user_id or 0) if member else set()
        if member:
            found.add("committee")
        if mark.application_id is None and mark.round_id is not None:
            if db.session.get_one(Round, mark.round_id).state == RoundState.DRAFT:
                return found & {"programme"}
            found.add("published")
        if mark.application_id is None:
            weighed = {self._applications[ident].round_id for ident in hidden}
            return found & {"published", "committee"} if mark.round_id in weighed else found
        application = self._applications[mark.application_id]
        own = actor.has(Role.APPLICANT) and actor.organisation_id == application.organisation_id
        if own:
            found.add("applicant")
        if self._is_partner(actor, application.id):
            found.add("partner")
        if application.state == ApplicationState.DRAFT:
            return found & {"applicant", "partner", "self"}
        if application.id in hidden:
            return found & {"awarded", "applicant", "partner"}
        if actor.has(Role.REGIONAL_LEAD) and actor.region_ids & {one.id for one in application.regions}:
            found.add("regional_lead")
        if mark.handed_in and found & {"regional_lead", "programme"}:
            found.add("reported")
        return found | self._reading(actor, application)

    def _is_partner(self, actor: Actor, application_id: int) -> bool:
        asked = select(PartnerRequest).where(PartnerRequest.application_id == application_id)
        for one in db.session.scalars(asked.order_by(PartnerRequest.id)):
            if actor.has(Role.APPLICANT) and actor.organisation_id == one.organisation_id is not None:
                return True
            if actor.has(Role.REGIONAL_LEAD) and one.region_id in actor.region_ids:
                return True
        return False

    def _reading(self, actor: Actor, application: Application) -> set[str]:
        running = db.session.scalar(
            select(Assignment).where(
                Assignment.application_id == application.id,
                Assignment.user_id == (actor.user_id or 0),
                Assignment.ended_at.is_(None),
            )
        )
        if running is None:
            return set()
        found = {"assigned"}
        said = assessment.statement_of(running.user_id, application.id)
        if said is not None and said.answer == InterestAnswer.NONE and running.assessment is not None:
            found.add("reader")
            if running.assessment.state in COUNTING and not running.assessment.quarantined:
                found.add("done")
        return found

    @cached_property
    def _assessors(self) -> set[int]:
        return {one.id for one in people.with_role(Role.ASSESSOR)}

    @property
    def _applications(self) -> dict[int, Application]:
        return {one.id: one for one in db.session.scalars(select(Application))}

    @cached_property
    def _known(self) -> set[int]:
        return {one.round_id for one in self._applications.values() if one.round.state in DECIDED_STATES}

    @cached_property
    def _awarded(self) -> set[int]:
        return {one.application_id for r in self._known for one in awards.decisions(r) if one.amount}


@dataclass
class Eyes:
    """What one person may read at one moment."""

    watch: Watch
    actor: Actor
    verdicts: dict[str, bool] = field(default_factory=dict)

    def unfit(self, shown: str) -> list[Mark]:
        """The marks in a text that this person may not read."""
        quoted = [marks for marks in self.watch.quoted(shown) if not any(map(self.may_read, marks))]
        met = [mark for mark in self.watch.seen(shown) if not self.may_read(mark)]
        return met + [marks[0] for marks in quoted]

    def may_read(self, mark: Mark) -> bool:
        if mark.word not in self.verdicts:
            relations = self.watch.relations(self.actor, mark)
            self.verdicts[mark.word] = self.watch.may_read(mark, relations)
        return self.verdicts[mark.word]


def _let_change() -> None:
    """Take away what keeps rows as they are; the transaction around the test brings it back."""
    if db.engine.dialect.name == "sqlite":
        names = db.session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
        for name in names:
            db.session.execute(text(f'DROP TRIGGER "{name}"'))
    else:
        for name in sorted(IMMUTABLE_TABLES):
            db.session.execute(text(f'ALTER TABLE "{name}" DISABLE TRIGGER USER'))


def _belongs(table: Table, row: Mapping[Any, Any]) -> tuple[int | None, int | None, frozenset[int]]:
    """The application and the round a row belongs to, along its foreign keys, and the people on the way."""
    met: set[int] = set()
    if table.name == "application":
        return row["id"], row["round_id"], frozenset()
    if table.name == "round":
        return None, row["id"], frozenset()
    if table.name == "user_account":
        return None, None, frozenset({row["id"]})
    application_id = round_id = None
    further: list[tuple[Any, Any]] = []
    if table.name == "mail" and row["chain"].startswith("application:"):
        # Its aggregate is named as in the trail, without a key.
        further.append((Application.__table__, int(row["chain"].partition(":")[2])))
    for key in table.foreign_keys:
        value = row[key.parent.name]
        target = key.column.table
        if value is None or target is table:
            continue
        if target.name == "user_account":
            met.add(value)
        elif target.name in ("application", "round") or _leads_on(target):
            further.append((target, value))
    for target, value in further:
        ident = next(iter(target.primary_key.columns))
        next_row = db.session.execute(select(target).where(ident == value)).mappings().one()
        a, r, others = _belongs(target, next_row)
        application_id, round_id = application_id or a, round_id or r
        met |= others
    return application_id, round_id, frozenset(met)


def _leads_on(table: Table) -> bool:
    """Whether a row of this table belongs to an application or a round."""
    targets: Iterable[Table] = {key.column.table for key in table.foreign_keys} - {table}
    return any(
        target.name in ("application", "round") or (target.name != "user_account" and _leads_on(target))
        for target in targets
    )
