"""The finishing touch with pikepdf: structure, bookmarks, metadata, colour profile and attachments.

Sources: ISO 14289-1 (PDF/UA-1), ISO 19005-3 (PDF/A-3, level A), ISO 32000-1 §14.7 (structure).
"""

import io
from datetime import UTC
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from pool.core.pdf.document import Document
from pool.core.pdf.draw import Drawn
from pool.core.pdf.lines import plain, title
from pool.core.pdf.pages import Bookmark
from pool.core.pdf.structure import Annotation, Element, Marked

PRODUCER = "Projectenpool"

# PDF/A knows no pdfuaid of itself, so the file has to explain it (ISO 19005-3 §6.6.2.3).
_EXTENSION = """\
<rdf:Description rdf:about=""
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"""


def finish(document: Document, drawn: Drawn) -> bytes:
    """The drawn pages as a tagged, archivable PDF."""
    with pikepdf.open(io.BytesIO(drawn.content)) as pdf:
        _structure(pdf, drawn.root)
        _bookmarks(pdf, drawn.bookmarks)
        root = pdf.Root
        root.MarkInfo = Dictionary(Marked=True)
        root.Lang = String(document.language)
        root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        root.OutputIntents = Array(
            [
                Dictionary(
                    Type=Name.OutputIntent,
                    S=Name.GTS_PDFA1,
                    OutputConditionIdentifier=String("sRGB IEC61966-2.1"),
                    Info=String("sRGB IEC61966-2.1"),
                    DestOutputProfile=pdf.make_stream(_profile(), N=3, Alternate=Name.DeviceRGB),
                )
            ]
        )
        _attachments(pdf, document)
        _metadata(pdf, document)
        out = io.BytesIO()
        pdf.save(
            out,
            min_version="1.7",
            deterministic_id=True,
            compress_streams=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
    return out.getvalue()


def _structure(pdf: pikepdf.Pdf, root: Element) -> None:
    pages = [page.obj for page in pdf.pages]
    tree = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    # By page: the element that owns each mark. The marks of a page count from 0 without holes.
    owners: list[dict[int, Any]] = [{} for _ in pages]
    annotations: list[tuple[Any, Any]] = []

    def node(element: Element, parent: Any) -> Any:
        made = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name(f"/{element.role}"), P=parent))
        if "Scope" in element.attributes:
            made.A = Dictionary(O=Name.Table, Scope=Name(f"/{element.attributes['Scope']}"))
        if "ListNumbering" in element.attributes:
            made.A = Dictionary(O=Name.List, ListNumbering=Name(f"/{element.attributes['ListNumbering']}"))
        kids = []
        for child in element.children:
            match child:
                case Element():
                    kids.append(node(child, made))
                case Marked():
                    owners[child.page][child.mark] = made
                    kids.append(Dictionary(Type=Name.MCR, Pg=pages[child.page], MCID=child.mark))
                case Annotation():
                    note = _annotation(pdf, pages[child.page], child)
                    # Keys of the parent tree: first the pages, then the annotations.
                    note.StructParent = len(pages) + len(annotations)
                    annotations.append((note, made))
                    kids.append(Dictionary(Type=Name.OBJR, Pg=pages[child.page], Obj=note))
        if kids:
            made.K = Array(kids)
        return made

    tree.K = node(root, tree)
    numbers: list[Any] = []
    for key, (page, marks) in enumerate(zip(pages, owners, strict=True)):
        page.StructParents = key
        page.Tabs = Name.S
        numbers += [key, pdf.make_indirect(Array([marks[mark] for mark in range(len(marks))]))]
    for key, (_, made) in enumerate(annotations, start=len(pages)):
        numbers += [key, made]
    tree.ParentTree = pdf.make_indirect(Dictionary(Nums=Array(numbers)))
    tree.ParentTreeNextKey = len(pages) + len(annotations)
    pdf.Root.StructTreeRoot = tree


def _annotation(pdf: pikepdf.Pdf, page: Any, link: Annotation) -> Any:
    note = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Link,
            Rect=Array([round(side, 3) for side in link.box]),
            Border=Array([0, 0, 0]),
            F=4,  # print
            Contents=String(f"{link.text} ({link.url})"),
            A=Dictionary(S=Name.URI, URI=String(link.url)),
        )
    )
    if "/Annots" not in page:
        page.Annots = Array()
    page.Annots.append(note)
    return note


def _bookmarks(pdf: pikepdf.Pdf, bookmarks: list[Bookmark]) -> None:
    if not bookmarks:
        return
    with pdf.open_outline() as outline:
        above = [outline.root]
        for mark in bookmarks:
            item = pikepdf.OutlineItem(mark.title, mark.page, "XYZ", top=round(mark.top, 3))
            # Levels are not skipped, so the list of the level above exists.
            del above[mark.level :]
            above[-1].append(item)
            above.append(item.children)


@lru_cache(maxsize=1)
def _profile() -> bytes:
    """The sRGB colour profile, always with the same date: the library writes the time of making in it."""
    from PIL import ImageCms

    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    fixed = bytes.fromhex("07d000010001000000000000")  # 1 January 2000 (ICC.1, header bytes 24 to 35)
    return made[:24] + fixed + made[36:]


def _attachments(pdf: pikepdf.Pdf, document: Document) -> None:
    if not document.attachments:
        return
    moment = _pdf_date(document)
    for attachment in document.attachments:
        file = pikepdf.AttachedFileSpec(
            pdf,
            attachment.content,
            filename=attachment.name,
            mime_type=attachment.media_type,
            description=plain(attachment.description),
            creation_date=moment,
            mod_date=moment,
        )
        file.relationship = Name.Data
        pdf.attachments[attachment.name] = file
    pdf.Root.AF = Array([pdf.attachments[attachment.name].obj for attachment in document.attachments])


def _pdf_date(document: Document) -> str:
    return document.moment.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")


def _metadata(pdf: pikepdf.Pdf, document: Document) -> None:
    """Title, subject, sender and moment; nothing about persons, machines or programs beyond our own name."""
    name, subject = title(document.title), plain(document.subject)
    sender = plain(document.sender.name) if document.sender else ""
    moment = _pdf_date(document)
    info = {"/Title": name, "/Subject": subject, "/Author": sender, "/Producer": PRODUCER}
    info |= {"/CreationDate": moment, "/ModDate": moment}
    pdf.trailer.Info = pdf.make_indirect(
        Dictionary({key: String(value) for key, value in info.items() if value})
    )
    stamp = document.moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    subject_xml = (
        f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{escape(subject)}</rdf:li></rdf:Alt>'
        "</dc:description>"
    )
    sender_xml = f"<dc:creator><rdf:Seq><rdf:li>{escape(sender)}</rdf:li></rdf:Seq></dc:creator>"
    packet = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(name)}</rdf:li></rdf:Alt></dc:title>
{subject_xml if subject else ""}{sender_xml if sender else ""}
<dc:language><rdf:Bag><rdf:li>{escape(document.language)}</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{stamp}</xmp:CreateDate><xmp:ModifyDate>{stamp}</xmp:ModifyDate>
<pdf:Producer>{PRODUCER}</pdf:Producer>
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
{_EXTENSION}
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
    pdf.Root.Metadata = pdf.make_stream(packet.encode(), Type=Name.Metadata, Subtype=Name.XML)
