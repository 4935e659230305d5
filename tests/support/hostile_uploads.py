"""Uploads that mean harm: each trick by name, with the reason for which it has to be refused."""

import struct
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from pool.applications.inspection import Reason
from tests.support import uploads
from tests.support.uploads import docx, docx_parts, odf, odf_parts, pdf, xlsx, zipped

# --- PDF --------------------------------------------------------------------------------------------


def put(key: str, value: object) -> Callable[[pikepdf.Pdf], None]:
    return lambda document: document.Root.__setitem__(key, value)


def annotate(**entries: Any) -> Callable[[pikepdf.Pdf], None]:
    def change(document: pikepdf.Pdf) -> None:
        note = Dictionary(Type=Name.Annot, Rect=[0, 0, 9, 9], **entries)
        document.pages[0].Annots = document.make_indirect(Array([document.make_indirect(note)]))

    return change


def action(kind: str, **entries: Any) -> Dictionary:
    return Dictionary(Type=Name.Action, S=Name("/" + kind), **entries)


def attach(document: pikepdf.Pdf) -> None:
    document.attachments["evil.exe"] = b"MZ"


def outside_stream(document: pikepdf.Pdf) -> None:
    stream = document.make_stream(b"")
    stream.F = String("//evil.example/x")
    document.Root.Spare = stream


def orphan(document: pikepdf.Pdf) -> None:
    """An action that no page refers to; saving would drop it, so it hides in the information dictionary."""
    document.docinfo["/Spare"] = document.make_indirect(action("JavaScript", JS=String("app.alert(1)")))


ACTIVE_PDFS = {
    "script on opening": (put("/OpenAction", action("JavaScript", JS=String("x"))), Reason.ACTIVE),
    "script named with an escape": (put("/OpenAction", action("JavaScript", JS=String("x"))), Reason.ACTIVE),
    "script by name": (
        put("/Names", Dictionary(JavaScript=Dictionary(Names=[String("a"), action("JavaScript", JS=String("x"))]))),
        Reason.ACTIVE,
    ),
    "script in a chain": (put("/OpenAction", action("GoTo", Next=Array([action("JavaScript")]))), Reason.ACTIVE),
    "script on a page event": (put("/AA", Dictionary(WC=action("JavaScript", JS=String("x")))), Reason.ACTIVE),
    "script out of reach": (orphan, Reason.ACTIVE),
    "launch": (annotate(Subtype=Name.Link, A=action("Launch", F=String("cmd.exe"))), Reason.ACTIVE),
    "send form": (annotate(Subtype=Name.Link, A=action("SubmitForm", F=String("http://e"))), Reason.ACTIVE),
    "import data": (annotate(Subtype=Name.Link, A=action("ImportData", F=String("x"))), Reason.ACTIVE),
    "other document": (annotate(Subtype=Name.Link, A=action("GoToR", F=String("//evil/x.pdf"))), Reason.ACTIVE),
    "embedded document": (annotate(Subtype=Name.Link, A=action("GoToE")), Reason.ACTIVE),
    "film": (annotate(Subtype=Name.Screen, A=action("Rendition")), Reason.ACTIVE),
    "rich media": (annotate(Subtype=Name.RichMedia), Reason.ACTIVE),
    "three dimensions": (annotate(Subtype=Name("/3D")), Reason.ACTIVE),
    "attachment": (attach, Reason.EMBEDDED_FILE),
    "attachment on a page": (annotate(Subtype=Name.FileAttachment), Reason.EMBEDDED_FILE),
    "portfolio": (put("/Collection", Dictionary(View=Name.D)), Reason.EMBEDDED_FILE),
    "XFA form": (put("/AcroForm", Dictionary(Fields=[], XFA=String("x"))), Reason.ACTIVE),
    "script link": (annotate(Subtype=Name.Link, A=action("URI", URI=String("javascript:x"))), Reason.EXTERNAL),
    "file link": (annotate(Subtype=Name.Link, A=action("URI", URI=String("file:///c:/x"))), Reason.EXTERNAL),
    "share link": (annotate(Subtype=Name.Link, A=action("URI", URI=String("\\\\evil\\x"))), Reason.EXTERNAL),
    "content elsewhere": (outside_stream, Reason.EXTERNAL),
}  # fmt: skip


def right_table(content: bytes) -> bytes:
    body = content[: content.index(b"xref\n")]
    count = content.count(b" obj\n")
    rows = b"".join(
        b"%010d 00000 n \n" % body.index(b"\n%d 0 obj" % n + b"\n", 0) for n in range(1, count + 1)
    )
    trailer = content[content.index(b"trailer") : content.index(b"startxref")]
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (count + 1) + rows
    return body + table + trailer + b"startxref\n%d\n%%%%EOF\n" % len(body)


def pdf_bomb() -> bytes:
    """A PDF of some kilobytes with an object stream, packed twice, that unpacks to two gigabytes of spaces."""
    squeeze = zlib.compressobj(9)
    first = squeeze.compress(b"7 0 " + b" " * 1_000_000) + squeeze.flush(zlib.Z_FULL_FLUSH)
    again = squeeze.compress(b" " * 1_000_000) + squeeze.flush(zlib.Z_FULL_FLUSH)
    packed = zlib.compress(first + again * 2_000 + squeeze.flush(), 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/Spare 7 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        b"<</Type/ObjStm/N 1/First 4/Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n" % len(packed)
        + packed
        + b"\nendstream",
    ]
    content, places = b"%PDF-1.5\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    rows = [(0, 0, 65535), *((1, place, 0) for place in places), (1, len(content), 0), (0, 0, 0), (2, 4, 0)]
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    return (
        content
        + b"5 0 obj\n<</Type/XRef/Size 8/W[1 4 2]/Root 1 0 R/Length %d>>stream\n" % len(table)
        + table
        + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(content)
    )


def big_pdf() -> bytes:
    """Millions of small objects: little on disk, much in memory."""
    small = pdf(put("/Spare", Array([])))
    assert b"/Spare [ ]" in small
    return right_table(
        small.replace(b"/Spare [ ]", b"/Spare [" + (b"[" + b"[1]" * 400_000 + b"]") * 19 + b"]")
    )


# --- Office packages --------------------------------------------------------------------------------

CT_EXTRA = '<Override PartName="/word/{}" ContentType="{}"/>'
LINK = "<text:p><text:a xlink:href='{}'>x</text:a></text:p>"
FIELD = "<w:r><w:instrText>{}</w:instrText></w:r>"

HOSTILE_PACKAGES = {
    "VBA": ("a.docx", zipped({**docx_parts(), "word/vbaProject.bin": b"x"}), Reason.MACRO),
    "macro type": ("a.docx", docx(extra=CT_EXTRA.format("v.xml", "application/vnd.ms-word.vbaData+xml")), Reason.MACRO),
    "docm as docx": (
        "a.docx",
        zipped({**docx_parts(), "[Content_Types].xml": uploads.content_types("application/vnd.ms-word.document.macroEnabled.main+xml")}),
        Reason.MACRO,
    ),
    "Excel 4 macro": ("a.xlsx", zipped({**uploads.xlsx_parts(), "xl/macrosheets/sheet1.xml": b"<x/>"}), Reason.MACRO),
    "ActiveX": ("a.docx", zipped({**docx_parts(), "word/activeX/activeX1.xml": b"<x/>"}), Reason.ACTIVE),
    "embedded": ("a.docx", zipped({**docx_parts(), "word/embeddings/x.xlsx": b"PK"}), Reason.EMBEDDED_FILE),
    "OLE in a picture": (
        "a.docx",
        zipped({**docx_parts(), "word/media/image1.png": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}),
        Reason.EMBEDDED_FILE,
    ),
    "program in a picture": ("a.docx", zipped({**docx_parts(), "word/media/i.png": b"MZ\x90"}), Reason.ACTIVE),
    "page inside": ("a.docx", zipped({**docx_parts(), "word/media/i.png": b"<html>"}), Reason.ACTIVE),
    "script inside": ("a.docx", zipped({**docx_parts(), "word/x.js": b"x"}), Reason.EMBEDDED_FILE),
    "zip in a zip": ("a.docx", zipped({**docx_parts(), "word/media/i.png": xlsx()}), Reason.EMBEDDED_FILE),
    "template elsewhere": (
        "a.docx", docx("<w:p/>", ("attachedTemplate", "https://evil/t.dotm", True)), Reason.EXTERNAL,
    ),
    "picture elsewhere": ("a.docx", docx("<w:p/>", ("image", "https://evil/i.png", True)), Reason.EXTERNAL),
    "template on a share": (
        "a.docx", docx("<w:p/>", ("attachedTemplate", "file:///\\\\evil\\t.dotm", True)), Reason.EXTERNAL,
    ),
    "link to a share": ("a.docx", docx("<w:p/>", ("hyperlink", "\\\\evil\\x", True)), Reason.EXTERNAL),
    "link to a handler": ("a.docx", docx("<w:p/>", ("hyperlink", "ms-msdt:/id", True)), Reason.EXTERNAL),
    "chunk of HTML": ("a.docx", docx("<w:p/>", ("aFChunk", "x.xml", False)), Reason.EXTERNAL),
    "DDE field": ("a.docx", docx(FIELD.format('DDEAUTO c:\\x "y"')), Reason.EXTERNAL),
    "DDE field in pieces": ("a.docx", docx(FIELD.format("DD") + FIELD.format("E c:")), Reason.EXTERNAL),
    "simple field": ("a.docx", docx('<w:fldSimple w:instr="INCLUDETEXT x"/>'), Reason.EXTERNAL),
    "links between sheets": (
        "a.xlsx", zipped({**uploads.xlsx_parts(), "xl/externalLinks/l.xml": b"<x/>"}), Reason.EXTERNAL,
    ),
    "XML under another name": (
        "a.docx", docx(extra=CT_EXTRA.format("x.bin", "application/vnd.openxmlformats-officedocument.x+xml")), Reason.DAMAGED,
    ),
    "xlsx as docx": ("a.docx", xlsx(), Reason.NAME_DIFFERS),
    "docx as odt": ("a.odt", docx(), Reason.NAME_DIFFERS),
    "odt as docx": ("a.docx", odf(), Reason.DAMAGED),
    "odt as ods": ("a.ods", odf(), Reason.NAME_DIFFERS),
    "plain zip": ("a.zip", zipped({"a": b"x"}), Reason.UNKNOWN_TYPE),
    "plain zip as docx": ("a.docx", zipped({"a": b"x"}), Reason.DAMAGED),
    "docx as pdf": ("a.pdf", docx(), Reason.NAME_DIFFERS),
    "ODF Basic": ("a.odt", zipped({**odf_parts(), "Basic/Standard/Module1.xml": b"<x/>"}), Reason.MACRO),
    "ODF Python": ("a.odt", zipped({**odf_parts(), "Scripts/python/x.py": b"x"}), Reason.MACRO),
    "ODF script": ("a.odt", odf(body="<office:script/>"), Reason.MACRO),
    "ODF listener": ("a.odt", odf(body="<script:event-listener/>"), Reason.MACRO),
    "ODF runs a program": ("a.odp", odf("presentation", "<presentation:event-listener presentation:action='execute'/>"), Reason.ACTIVE),
    "ODF applet": ("a.odt", odf(body="<draw:applet/>"), Reason.ACTIVE),
    "ODF picture elsewhere": ("a.odt", odf(body="<draw:image xlink:href='http://evil/x'/>"), Reason.EXTERNAL),
    "ODF picture on a share": ("a.odt", odf(body="<draw:image xlink:href='//evil/x'/>"), Reason.EXTERNAL),
    "ODF object outside": ("a.odt", odf(body="<draw:object xlink:href='../x.odt'/>"), Reason.EXTERNAL),
    "ODF object outside, disguised": ("a.odt", odf(body="<draw:object xlink:href='%2e%2e/x.odt'/>"), Reason.EXTERNAL),
    "ODF link to a program": ("a.odt", odf(body=LINK.format("vnd.sun.star.script:x")), Reason.EXTERNAL),
    "ODF DDE": ("a.ods", odf("spreadsheet", "<table:table><office:dde-source/></table:table>"), Reason.EXTERNAL),
    "ODF DDE formula": ("a.ods", odf("spreadsheet", '<table:table-cell table:formula="of:=DDE(1)"/>'), Reason.EXTERNAL),
    "entities": ("a.docx", zipped({**docx_parts(), "word/document.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}), Reason.ENTITIES),
    "entities in UTF-16": (
        "a.docx",
        zipped({**docx_parts(), "word/document.xml": '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x><x/>'.encode("utf-16")}),
        Reason.ENTITIES,
    ),
    "entities from outside": ("a.odt", zipped({**odf_parts(), "styles.xml": b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'}), Reason.ENTITIES),
    "not XML": ("a.docx", zipped({**docx_parts(), "word/document.xml": b"<a><b></a>"}), Reason.DAMAGED),
    "path upwards": ("a.docx", zipped({**docx_parts(), "../../x.xml": b"<x/>"}), Reason.DAMAGED),
    "path from the root": ("a.docx", zipped({**docx_parts(), "/x.xml": b"<x/>"}), Reason.DAMAGED),
    "same name twice": ("a.docx", zipped({**docx_parts(), "WORD/document.xml": b"<x/>"}), Reason.DAMAGED),
}  # fmt: skip


def lying(content: bytes, name: bytes, *, size: int, crc: int | None = None) -> bytes:
    """Change the declared unpacked size of an entry in both of its headers."""
    changed = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        name_at = 30 if mark == b"PK\x03\x04" else 46
        place = content.index(mark)
        while content[place + name_at : place + name_at + len(name)] != name:
            place = content.index(mark, place + 1)
        struct.pack_into("<I", changed, place + offset, size)
    return bytes(changed)
