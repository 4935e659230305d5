"""Why a file is refused, in codes for programs and Dutch for the applicant; and the bounds of the check."""

from dataclasses import dataclass

from pool.core.text import LabeledEnum


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of an inspection. Sizes are in bytes; ratio is unpacked size per packed byte."""

    size: int = 25_000_000
    unpacked: int = 100_000_000
    ratio: int = 100
    entries: int = 1_000
    pixels: int = 60_000_000
    objects: int = 500_000
    memory: int = 256 * 1024 * 1024
    seconds: int = 10


class Reason(LabeledEnum):
    """What is wrong with a file; the label is the message, with room for facts."""

    EMPTY = "empty", "Dit bestand is leeg. Kies een ander bestand."
    TOO_LARGE = "too_large", "Dit bestand is te groot. Een bestand mag niet groter zijn dan {megabytes} MB."
    UNKNOWN_TYPE = (
        "unknown_type",
        "Dit soort bestand kunnen we niet gebruiken. Lever het aan als PDF, ODT, ODS, ODP, DOCX, XLSX, PNG of "
        "JPEG.",
    )
    WEB_PAGE = (
        "web_page",
        "Dit is een webpagina, SVG of ander bestand met opmaakcode. Sla het op als PDF of PNG.",
    )
    OLD_OFFICE = (
        "old_office",
        "Dit is een oud Office-bestand of een bestand met een wachtwoord. Sla het zonder wachtwoord op als DOCX, "
        "XLSX of PDF.",
    )
    NAME_DIFFERS = (
        "name_differs",
        "De naam eindigt op {stated}, maar de inhoud is {found}. Geef het bestand de juiste naam of sla het "
        "opnieuw op.",
    )
    TWO_IN_ONE = (
        "two_in_one",
        "In dit bestand zit een tweede bestand verborgen. Sla het opnieuw op, of maak er een PDF van.",
    )
    DAMAGED = "damaged", "Dit bestand is beschadigd. Sla het opnieuw op en probeer het nog een keer."
    ENCRYPTED = "encrypted", "Dit bestand is beveiligd met een wachtwoord. Sla het op zonder wachtwoord."
    UNPACKS_TOO_LARGE = (
        "unpacks_too_large",
        "Dit bestand wordt bij het openen veel te groot. Maak het kleiner of lever het aan als PDF.",
    )
    TOO_MANY_PARTS = (
        "too_many_parts",
        "Dit bestand bestaat uit te veel onderdelen. Maak het kleiner of lever het aan als PDF.",
    )
    TOO_COMPLEX = (
        "too_complex",
        "Dit bestand is te ingewikkeld om te controleren. Maak het eenvoudiger, of druk het af naar een nieuwe "
        "PDF.",
    )
    TOO_MANY_PIXELS = "too_many_pixels", "Deze afbeelding is te groot. Verklein de afbeelding."
    EMBEDDED_FILE = (
        "embedded_file",
        "Dit bestand bevat een ander bestand of ingevoegd object ({part}). Haal dat eruit en lever het los aan.",
    )
    MACRO = "macro", "Dit bestand bevat een macro of script ({part}). Sla het op zonder macro's."
    ACTIVE = (
        "active",
        "Dit bestand bevat onderdelen die zelf iets uitvoeren ({part}). Haal die eruit, of druk het bestand af "
        "naar een nieuwe PDF.",
    )
    EXTERNAL = (
        "external",
        "Dit bestand haalt gegevens van een andere plek ({part}). Verwijder die koppeling, of lever "
        "het bestand aan als PDF.",
    )
    ENTITIES = "entities", "Dit bestand bevat onveilige opmaakcode (DOCTYPE). Sla het opnieuw op."
    NOT_CHECKED = (
        "not_checked",
        "We kunnen dit bestand nu niet controleren. Probeer het over een paar minuten nog een keer.",
    )


class Refusal(Exception):
    """A file that may not be kept: `code` for programs, `message` in Dutch for beside the field."""

    def __init__(self, reason: Reason, **facts: str | int) -> None:
        self.reason = reason
        self.facts = {key: _short(fact) for key, fact in facts.items()}
        self.code = reason.value
        self.message = reason.label.format(**self.facts)
        super().__init__(self.message)


def _short(fact: str | int) -> str:
    """A fact taken from a hostile file, fit to show: printable, on one line and not long."""
    text = "".join(char if char.isprintable() else "·" for char in str(fact))
    return text if len(text) <= 60 else text[:59] + "…"
