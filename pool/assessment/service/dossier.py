"""Producing a dossier: everything about one application's assessment, in one file; each production leaves a row."""

from __future__ import annotations

from pool.core import audit, pdf
from pool.core.access import Actor, require
from pool.core.text import sha256_hex

from .. import dossier, letter_dossier, queries, rules_meeting


def produce_dossier(actor: Actor, application_id: int, *, coded: bool, as_pdf: bool) -> bytes:
    """The dossier as PDF, which carries its data, or as JSON. coded: letters instead of names of assessors.

    Raises Missing for who has an interest, or may not know of the application, Refused for a variant that is not for
    this role.
    """
    application = queries.dossier_file(actor, application_id)
    acting = queries.acting(actor, application)
    require(rules_meeting.can_produce_dossier(acting, coded=coded))
    facts = dossier.facts(actor, application, coded=coded)
    data = letter_dossier.data(facts)
    content = pdf.render(letter_dossier.document(facts)) if as_pdf else data
    audit.record(
        actor,
        "dossier.produce",
        application.audit_chain,
        f"application:{application.id}",
        {},
        {"names": facts["names"], "format": "pdf" if as_pdf else "json", "sha256": sha256_hex(content)},
    )
    return content
