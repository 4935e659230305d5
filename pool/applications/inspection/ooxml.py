"""Office Open XML: DOCX and XLSX without macros, ActiveX, embedded objects or outside sources."""

import re
from collections.abc import Sequence

from pool.applications.inspection.archive import Entry
from pool.applications.inspection.refusal import Reason, Refusal

_CONTENT_TYPES = "[Content_Types].xml"
_TYPES = (
    (re.compile(r"macroenabled|vba|macrosheet|keymapcustom|attachedtoolbars", re.IGNORECASE), Reason.MACRO),
    (re.compile(r"activex|webextension", re.IGNORECASE), Reason.ACTIVE),
    (re.compile(r"oleobject|\.package\b|embedded", re.IGNORECASE), Reason.EMBEDDED_FILE),
    (re.compile(r"externallink|connections\+xml|querytable", re.IGNORECASE), Reason.EXTERNAL),
)
_NAMES = (
    (re.compile(r"vba|macrosheets/|dialogsheets/", re.IGNORECASE), Reason.MACRO),
    (re.compile(r"activex|webextensions/", re.IGNORECASE), Reason.ACTIVE),
    (re.compile(r"embeddings/|oleobject|/afchunk", re.IGNORECASE), Reason.EMBEDDED_FILE),
    (re.compile(r"externallinks/|/connections\.xml|querytables/", re.IGNORECASE), Reason.EXTERNAL),
)
_RELATIONS = re.compile(
    r"/(?:oleObject|package|control|activeXControl\w*|vbaProject|aFChunk|frame|subDocument|"
    r"externalLink\w*|xlMacrosheet|webextension\w*|mailMergeSource|mailMergeHeaderSource)$",
    re.IGNORECASE,
)
# What may lie outside: a link that a person clicks, and the template that Word looks for on a disk of the
# computer itself. A template on a share or the web is fetched on opening, with the reader's own rights.
_OUTSIDE = {
    "hyperlink": re.compile(r"(?:https?|mailto|tel):|(?![/\\])[^:]*$", re.IGNORECASE),
    "attachedTemplate": re.compile(r"(?:file:///)?[a-z]:[/\\]|(?![/\\])[^:]*$", re.IGNORECASE),
}
_FIELDS = re.compile(r"\b(?:DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|DATABASE|IMPORT|LINK)\b", re.IGNORECASE)
_XML_NAMES = (".xml", ".rels", ".vml", ".rdf")
_LONGEST_FIELDS = 200_000


def check_entries(entries: Sequence[Entry]) -> None:
    """Raise Refusal when a part's name alone tells that it should not be there."""
    names = {entry.name for entry in entries}
    if not {_CONTENT_TYPES, "_rels/.rels"} <= names:
        raise Refusal(Reason.DAMAGED)
    for name in names:
        for pattern, reason in _NAMES:
            if pattern.search(name):
                raise Refusal(reason, part=name)


class Reader:
    """Judges the elements of one part, and gathers the field codes of a text document."""

    def __init__(self, rules: "Rules") -> None:
        self.rules = rules
        self.field = ""
        self.in_field = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Look at content types, relations and field codes; other elements cannot reach outside."""
        local = name.rpartition(" ")[2]
        if local in ("Default", "Override"):
            part = attributes.get("PartName", "." + attributes.get("Extension", ""))
            self.rules.content_type(attributes.get("ContentType", ""), part)
        elif local == "Relationship":
            _check_relation(attributes)
        elif local in ("instrText", "delInstrText"):
            self.in_field = True
        elif local == "fldSimple":
            codes = [value for key, value in attributes.items() if key.rpartition(" ")[2] == "instr"]
            self.text(" ".join(codes), always=True)
            self.judge_field()
        elif local == "fldChar":
            self.judge_field()
        elif local in ("ddeLink", "oleLink", "webPr"):
            raise Refusal(Reason.EXTERNAL, part=local)

    def end(self, name: str) -> None:
        """A field code ends where its element ends, but may go on in the next."""
        if name.endswith(("instrText", "delInstrText")):
            self.in_field = False

    def text(self, data: str, *, always: bool = False) -> None:
        """Gather field codes: Word splits them over elements, also in the middle of a word."""
        if self.in_field or always:
            self.field += data
            if len(self.field) > _LONGEST_FIELDS:
                raise Refusal(Reason.TOO_COMPLEX)

    def judge_field(self) -> None:
        """Refuse a field that fetches or runs; then start a new one."""
        if found := _FIELDS.search(self.field):
            raise Refusal(Reason.EXTERNAL, part=found[0])
        self.field = ""


def _check_relation(attributes: dict[str, str]) -> None:
    kind, target = attributes.get("Type", ""), attributes.get("Target", "").strip()
    if _RELATIONS.search(kind):
        raise Refusal(Reason.EXTERNAL, part=kind.rpartition("/")[2])
    outside = (
        attributes.get("TargetMode", "").lower() == "external" or "://" in target or target.startswith("\\")
    )
    if outside:
        allowed = _OUTSIDE.get(kind.rpartition("/")[2])
        if allowed is None or not allowed.match(target):
            raise Refusal(Reason.EXTERNAL, part=target or kind)


class Rules:
    """What holds for a whole package: exactly one main part, of the kind that the name promised."""

    def __init__(self, media_type: str) -> None:
        self.media_type = media_type
        self.is_sheet = media_type.endswith("sheet")
        self.mains: list[str] = []
        self.readers: list[Reader] = []

    def reader(self, name: str) -> Reader | None:
        """Only parts that can reach outside are looked at; the rest must just be sound XML."""
        # The cells of a worksheet are by far the most elements, and none of them reaches outside by itself.
        if self.is_sheet and name.startswith("xl/worksheets/") and not name.endswith(".rels"):
            return None
        reader = Reader(self)
        self.readers.append(reader)
        return reader

    def content_type(self, found: str, part: str) -> None:
        """Judge one declared content type."""
        for pattern, reason in _TYPES:
            if pattern.search(found):
                raise Refusal(reason, part=part)
        # Whatever is read as XML must be called so, or it would not be looked at as XML here.
        if (
            found.lower().endswith(("+xml", "/xml"))
            and found != "image/svg+xml"
            and not part.endswith(_XML_NAMES)
        ):
            raise Refusal(Reason.DAMAGED)
        if found.endswith(".main+xml"):
            self.mains.append(found)

    def finish(self) -> None:
        """The kind is what the main part says it is; field codes left open are judged as well."""
        for reader in self.readers:
            reader.judge_field()
        if self.mains != [f"{self.media_type}.main+xml"]:
            stated = ".xlsx" if self.is_sheet else ".docx"
            raise Refusal(Reason.NAME_DIFFERS, stated=stated, found="een ander soort Office-bestand")
