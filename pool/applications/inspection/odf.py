"""OpenDocument: text, spreadsheet and presentation without scripts, encryption or outside sources."""

import re
from collections.abc import Callable, Sequence
from urllib.parse import unquote

from pool.applications.inspection.archive import Entry
from pool.applications.inspection.refusal import Reason, Refusal

_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
_XLINK = "http://www.w3.org/1999/xlink href"
MEDIA_TYPES = frozenset(
    f"application/vnd.oasis.opendocument.{name}" for name in ("text", "spreadsheet", "presentation")
)

_SCRIPTS = re.compile(r"(basic|scripts|dialogs|macros)/", re.IGNORECASE)
_WEB_LINK = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE)
_FORMULA = re.compile(r"\b(?:DDE|WEBSERVICE)\s*\(", re.IGNORECASE)
_RUNS = frozenset(
    {f"{_ODF}drawing:1.0 applet", f"{_ODF}drawing:1.0 plugin", f"{_ODF}drawing:1.0 floating-frame"}
)
_RUNNING_ACTIONS = frozenset({"execute", "macro", "verb", "sound"})
_LINKS = frozenset({f"{_ODF}text:1.0 a", f"{_ODF}drawing:1.0 a"})


def check_entries(entries: Sequence[Entry], start_of: Callable[[Entry], bytes], media_type: str) -> None:
    """Raise Refusal unless the package opens with its own media type and holds no scripts."""
    first = entries[0]
    if first.name != "mimetype" or first.deflated or start_of(first) != media_type.encode():
        raise Refusal(
            Reason.NAME_DIFFERS, stated="." + _suffix(media_type), found="geen gewoon OpenDocument-bestand"
        )
    names = {entry.name for entry in entries}
    if not {"content.xml", "META-INF/manifest.xml"} <= names:
        raise Refusal(Reason.DAMAGED)
    for name in names:
        if _SCRIPTS.match(name):
            raise Refusal(Reason.MACRO, part=name)


def _suffix(media_type: str) -> str:
    return {"text": "odt", "spreadsheet": "ods", "presentation": "odp"}[media_type.rpartition(".")[2]]


def _is_inside(target: str) -> bool:
    """Whether a reference stays within the package: no scheme, no root, no way up."""
    path = unquote(target)
    if path.startswith("#"):
        return True
    return not path.startswith("/") and ":" not in path and "\\" not in path and ".." not in path.split("/")


class Reader:
    """Judges the elements of one part."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Refuse scripts, their listeners, encryption, and links that fetch instead of being clicked."""
        space, _, local = name.rpartition(" ")
        if space.startswith(f"{_ODF}script:") or name == f"{_ODF}office:1.0 script":
            raise Refusal(Reason.MACRO, part=local)
        if name in _RUNS or attributes.get(f"{_ODF}presentation:1.0 action") in _RUNNING_ACTIONS:
            raise Refusal(Reason.ACTIVE, part=local)
        if local == "encryption-data":
            raise Refusal(Reason.ENCRYPTED)
        if local.startswith("dde-"):
            raise Refusal(Reason.EXTERNAL, part=local)
        target = attributes.get(_XLINK, "").strip()
        # A link that a person clicks may lead to the web; everything else must be in the package.
        clicked = name in _LINKS and _WEB_LINK.match(target)
        if not clicked and not _is_inside(target):
            raise Refusal(Reason.EXTERNAL, part=target)
        formula = attributes.get(f"{_ODF}table:1.0 formula")
        if formula and _FORMULA.search(formula):
            raise Refusal(Reason.EXTERNAL, part="DDE of WEBSERVICE")

    def end(self, name: str) -> None:
        """Nothing to do: every element is judged by itself."""

    def text(self, data: str) -> None:
        """Nothing to do: text does not run."""


class Rules:
    """What holds for a whole OpenDocument package."""

    def __init__(self, media_type: str) -> None:
        self.media_type = media_type

    def reader(self, name: str) -> Reader:
        """Every XML part is read by the same rules."""
        return Reader()

    def finish(self) -> None:
        """Nothing that only shows at the end."""
