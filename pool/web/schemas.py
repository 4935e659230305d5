"""Open data: rounds and awards as JSON. Names of fields in English camelCase, amounts as decimal texts in euros."""

from __future__ import annotations

from marshmallow import fields

from pool.core.schemas import Amount, PoolSchema, UTCMoment

from .overview import made_up
from .queries import Award, RoundLine


class CodeSchema(PoolSchema):
    """Something with a fixed code and a Dutch name."""

    code = fields.String(attribute="slug")
    name = fields.String()


class LinksSchema(PoolSchema):
    """Where to read on. awards: null until the decisions are known."""

    page = fields.Url()
    awards = fields.Url(allow_none=True)


class RoundSchema(PoolSchema):
    slug = fields.String(attribute="round.slug")
    title = fields.String(attribute="round.title")
    scheme = fields.String(attribute="round.scheme.name")
    year = fields.Integer(attribute="round.year")
    state = fields.String(attribute="round.state.value")
    state_label = fields.String(attribute="round.state.label", data_key="stateLabel")
    opens_at = UTCMoment(attribute="round.opens_at", data_key="opensAt")
    closes_at = UTCMoment(attribute="round.closes_at", data_key="closesAt")
    ceiling = Amount()
    applications = fields.Integer(allow_none=True)
    requested = Amount(allow_none=True)
    awards = fields.Integer(allow_none=True)
    awarded = Amount(allow_none=True)
    invented = fields.Method("_invented", metadata={"type": "string", "nullable": True})
    links = fields.Nested(LinksSchema)

    def _invented(self, line: RoundLine) -> str | None:
        return line.round.invented or None


class AwardSchema(PoolSchema):
    reference = fields.String()
    title = fields.String()
    municipality = fields.String()
    theme = fields.Nested(CodeSchema, allow_none=True)
    regions = fields.List(fields.Nested(CodeSchema))
    joint = fields.Boolean(attribute="is_joint")
    outcome = fields.String(attribute="outcome.value")
    amount = Amount()
    decided_on = fields.Date(data_key="decidedOn")
    project_invented = fields.Boolean(attribute="invented", data_key="projectInvented")
    invented = fields.Method("_invented", metadata={"type": "string", "nullable": True})

    def _invented(self, award: Award) -> str | None:
        return made_up(award) or None


class RoundsSchema(PoolSchema):
    """The answer about all rounds."""

    rounds = fields.List(fields.Nested(RoundSchema))


class AwardsSchema(PoolSchema):
    """The answer about the awards of one round."""

    round = fields.Nested(RoundSchema)
    awards = fields.List(fields.Nested(AwardSchema))


class ProblemSchema(PoolSchema):
    """A refusal. title: a fixed word for programs; detail: Dutch, for people."""

    status = fields.Integer()
    title = fields.String()
    detail = fields.String()
