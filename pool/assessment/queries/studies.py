"""What was worked out in the background about the scores of a round, and from what it is worked out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from pool.core import jobs
from pool.core.db import db
from pool.people.models import Organisation, User
from pool.regions.models import Municipality, Region
from pool.rounds.models import Round

from ..adjusted import Total
from ..calibration.words import Remark
from ..figures import Given as Inputs
from ..figures import InfluenceInput, PlacesInput, kind_of
from ..models import Assessment, Assignment, Study
from ..states import COUNTING, StudyKind
from .results import Given, correction

PARTS_OF_COUNTRY = {
    "Groningen": "Noord",
    "Fryslân": "Noord",
    "Drenthe": "Noord",
    "Overijssel": "Oost",
    "Flevoland": "Oost",
    "Gelderland": "Oost",
    "Utrecht": "West",
    "Noord-Holland": "West",
    "Zuid-Holland": "West",
    "Zeeland": "West",
    "Noord-Brabant": "Zuid",
    "Limburg": "Zuid",
}
"""Province to part of the country, as Statistics Netherlands (CBS) draws them."""

THEME, CENTRE, TOGETHER = "thema", "soort gemeente", "alleen of samen"
CENTRE_NAMES = {True: "centrumgemeente", False: "andere gemeente"}
TOGETHER_NAMES = {True: "samen met andere regio's", False: "één regio"}


@dataclass(frozen=True)
class Places:
    """How sure the places are. All chances and moments as whole numbers: thousandths, or per 10 000."""

    body: Mapping[str, Any]

    @property
    def severity(self) -> Remark:
        """Whether the scores show at all that assessors differ in strictness."""
        return Remark.of("severity_shown" if self.body["severity_shown"] else "severity_not_shown")

    @property
    def converged(self) -> bool:
        return bool(self.body["converged"])

    @property
    def agreement(self) -> Mapping[str, Any]:
        """`alpha`, `icc` of one score and `icc_mean`, each [value, low, high] in thousandths; see `figures`."""
        found: Mapping[str, Any] = self.body["agreement"]
        return found

    def agreement_remarks(self, k: int | None) -> list[Remark]:
        """How far assessors agree, and what that means for the k highest."""
        found = [Remark.of(self.agreement["code"])]
        if k is not None and 0 < k <= len(self.agreement["misplaced"]):
            found.append(Remark.of("misplaced", k=k, wrong=self.agreement["misplaced"][k - 1]))
        return found

    def expected(self, application_id: int) -> int:
        """Expected place, in thousandths."""
        return int(self._of(application_id)["expected"])

    def interval(self, application_id: int, percent: int = 90) -> tuple[int, int]:
        """The places between which it lies with a chance of 50 or 90 per cent."""
        low, high = self._of(application_id)[f"middle_{percent}"]
        return int(low), int(high)

    def chance(self, application_id: int, k: int) -> int:
        """The chance of place k or better, per 10 000."""
        found = self._of(application_id)
        at = k - int(found["first"])
        if at < 0:
            return 0
        chances: list[int] = found["chances"]
        return chances[at] if at < len(chances) else 10_000

    def __contains__(self, application_id: int) -> bool:
        return str(application_id) in self.body["places"]

    def _of(self, application_id: int) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.body["places"][str(application_id)]
        return found

    def severity_of(self, user_id: int) -> Remark | None:
        """What somebody reads about the own strictness; None without scores. Nothing is shown when 0 lies inside."""
        from ..calibration.results import AssessorFit

        found = self.body["assessors"].get(str(user_id))
        if found is None:
            return None
        points, low, high = (value / 1000 for value in found)
        return AssessorFit(str(user_id), 0, points, (low, high), 0.0).remark()


@dataclass(frozen=True)
class Influence:
    """What was worked out about other influences on the scores; see `figures.work_out_influence`."""

    body: Mapping[str, Any]

    def remark(self, found: Mapping[str, Any]) -> Remark:
        """The sentence of an effect or of groups."""
        return Remark.of(found["remark"]["code"], **found["remark"]["values"])

    def words(self, code: str) -> str:
        """The sentence of a code without values."""
        return Remark.of(code).text

    @property
    def questions(self) -> int:
        """How many were asked that could be answered: now and then one is a hit by chance."""
        found = [*self.body["effects"], *self.body["groups"]]
        return sum(one["p"] is not None for one in found)

    @property
    def parts(self) -> tuple[list[str], list[str]]:
        """The parts of the country of assessors and of applicants, in the table of the two."""
        cells = self.body["cells"]
        return sorted({cell[0] for cell in cells}), sorted({cell[1] for cell in cells})

    def cell(self, assessors: str, applicants: str) -> tuple[int, int] | None:
        """(scores, points in thousandths) of assessors of one part on applicants of another."""
        for one, other, count, points in self.body["cells"]:
            if (one, other) == (assessors, applicants):
                return count, points
        return None


def study(inputs: Inputs) -> Study | None:
    """What was worked out from exactly these inputs."""
    query = select(Study).where(Study.kind == kind_of(inputs), Study.sha256 == inputs.sha256)
    return db.session.scalar(query)


def places(totals: tuple[Total, ...]) -> Places | None:
    """How sure the places are that follow from these totals; None while that was not worked out."""
    kept = study(PlacesInput(totals)) if totals else None
    return Places(kept.body) if kept else None


def job_key(inputs: Inputs) -> str:
    return f"assessment.study:{kind_of(inputs).value}:{inputs.sha256}"


def running(inputs: Inputs) -> jobs.Job | None:
    """The job that works these inputs out, if one was asked for."""
    return jobs.by_key(job_key(inputs))


def influence_input(round_: Round, found: Given, hidden: Collection[int] = ()) -> InfluenceInput:
    """Scores with what might weigh in besides quality, of what may be seen. The size of a municipality is not
    recorded; whether it is a centre municipality is, and stands for it."""
    applications = [row.application for row in found.rows if row.totals]
    ids = [application.id for application in applications]
    people = {int(user) for _, user, _ in found.totals}
    homes = _homes(people)
    lies_in = _parts_of_regions()
    centres = _centres({application.organisation_id for application in applications})
    return InfluenceInput(
        totals=found.totals,
        levels=tuple(
            (str(application), str(user), criterion, level)
            for application, users in found.marks.items()
            for user, mark in users.items()
            for criterion, level in mark.items()
        ),
        order=_order(ids),
        application_regions={str(a.id): tuple(region.slug for region in a.regions) for a in applications},
        person_regions={str(user): (home[0],) for user, home in homes.items()},
        application_parts={
            str(a.id): tuple(dict.fromkeys(lies_in[r.id] for r in a.regions if r.id in lies_in))
            for a in applications
        },
        person_parts={str(user): (home[1],) for user, home in homes.items()},
        groups={
            THEME: {str(a.id): a.theme.name for a in applications if a.theme},
            CENTRE: {
                str(a.id): CENTRE_NAMES[centres[a.organisation_id]]
                for a in applications
                if a.organisation_id in centres
            },
            TOGETHER: {str(a.id): TOGETHER_NAMES[a.is_joint] for a in applications},
        },
        corrected=correction(round_, found, hidden).shown,
    )


def _order(application_ids: Collection[int]) -> tuple[tuple[str, str, int], ...]:
    """(application, person, place) in which each person handed in."""
    query = (
        select(Assignment.user_id, Assignment.application_id)
        .join(Assessment, Assessment.assignment_id == Assignment.id)
        .where(
            Assignment.application_id.in_(list(application_ids)),
            Assignment.ended_at.is_(None),
            Assessment.state.in_(COUNTING),
            Assessment.quarantined.is_(False),
        )
        .order_by(Assignment.user_id, Assessment.submitted_at, Assessment.id)
    )
    place: dict[int, int] = defaultdict(int)
    found = []
    for user_id, application_id in db.session.execute(query):
        place[user_id] += 1
        found.append((str(application_id), str(user_id), place[user_id]))
    return tuple(found)


def _homes(user_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Person to the region and part of the country of the municipality that he or she works for."""
    query = (
        select(User.id, Region.slug, Municipality.province)
        .join(Organisation, Organisation.id == User.organisation_id)
        .join(Municipality, Municipality.id == Organisation.municipality_id)
        .join(Region, Region.id == Municipality.region_id)
        .where(User.id.in_(list(user_ids)))
        .order_by(User.id)
    )
    return {
        ident: (region, PARTS_OF_COUNTRY[province]) for ident, region, province in db.session.execute(query)
    }


def _parts_of_regions() -> dict[int, str]:
    """Region to the part of the country in which most of its municipalities lie."""
    query = select(Municipality.region_id, Municipality.province).order_by(Municipality.id)
    counts: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for region_id, province in db.session.execute(query):
        counts[region_id][PARTS_OF_COUNTRY[province]] += 1
    return {
        region_id: min(parts, key=lambda part: (-parts[part], part)) for region_id, parts in counts.items()
    }


def _centres(organisation_ids: Collection[int]) -> dict[int, bool]:
    """Organisation to whether it is a centre municipality; without those that are no municipality."""
    query = (
        select(Organisation.id, Municipality.is_centre)
        .join(Municipality, Municipality.id == Organisation.municipality_id)
        .where(Organisation.id.in_(list(organisation_ids)))
        .order_by(Organisation.id)
    )
    return dict(iter(db.session.execute(query)))


def inputs_of(kind: StudyKind, round_: Round, found: Given, hidden: Collection[int] = ()) -> Inputs:
    """What a study of this kind is made from."""
    if kind == StudyKind.PLACES:
        return PlacesInput(found.totals)
    return influence_input(round_, found, hidden)
