"""Kinds of organisations."""

from pool.core.text import LabeledEnum


class OrganisationKind(LabeledEnum):
    MUNICIPALITY = "municipality", "gemeente"
    SHELTER = "shelter", "opvangorganisatie"
    PROGRAMME = "programme", "programma"
    COMMITTEE = "committee", "commissie"
    OTHER = "other", "andere organisatie"
