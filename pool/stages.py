"""THE FLOW: the stages of a grant, in order.

Navigation, the order of blueprints, the commands and the test of import directions all read this. A slice may
import only from slices above it in this list, and of those only the files in SHARED_FILES.
"""

from __future__ import annotations

from dataclasses import dataclass

from pool.core.access import Role

SLICES = (
    "core",
    "regions",
    "people",
    "rounds",
    "applications",
    "assessment",
    "allocation",
    "awards",
    "followup",
    "web",
    "demo",
)

SHARED_FILES = ("states", "inputs", "rules", "models", "queries", "lifecycle", "service")


@dataclass(frozen=True)
class NavItem:
    """A link in the main navigation. section: marks the link as current when the page's endpoint begins so."""

    label: str
    endpoint: str
    roles: frozenset[Role]
    section: str


def _item(label: str, endpoint: str, section: str, *roles: Role) -> NavItem:
    return NavItem(label, endpoint, frozenset(roles), section)


R = Role
NAVIGATION = (
    _item("Overzicht", "web.home", "web.home", *R),
    _item("Rondes", "rounds.index", "rounds.", R.PROGRAMME),
    _item("Aanvragen", "applications.index", "applications.", R.APPLICANT, R.REGIONAL_LEAD, R.PROGRAMME),
    _item("Beoordelen", "assessment.index", "assessment.", R.ASSESSOR, R.CHAIR, R.PROGRAMME, R.AUDITOR),
    _item("Verdelen", "allocation.index", "allocation.", R.CHAIR, R.PROGRAMME, R.DECIDER, R.AUDITOR),
    _item("Besluiten", "awards.index", "awards.", R.CHAIR, R.PROGRAMME, R.DECIDER, R.AUDITOR, R.APPLICANT),
    _item("Projecten", "followup.index", "followup.", R.APPLICANT, R.REGIONAL_LEAD, R.PROGRAMME),
    _item("Mensen", "people.index", "people.index", R.ADMIN),
    _item("Openbaar register", "web.register", "web.register", *R),
)
PUBLIC_NAVIGATION = ("web.home", "web.register")
