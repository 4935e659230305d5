"""Small files as applicants upload them, and tools to make hostile ones out of them."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import pikepdf
from PIL import Image

Parts = Mapping[str, bytes]

ODF = "application/vnd.oasis.opendocument."
_NS = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0" '
    'xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0" '
    'xmlns:xlink="http://www.w3.org/1999/xlink"'
)
_CT = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def zipped(parts: Parts, *, stored: tuple[str, ...] = ("mimetype",)) -> bytes:
    """A zip of parts in the given order."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            method = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return target.getvalue()


def odf_parts(kind: str = "text", body: str = "<text:p>Plan</text:p>") -> dict[str, bytes]:
    """The parts of an OpenDocument file with something in its body."""
    media_type = ODF + kind
    content = f"<office:document-content {_NS}><office:body>{body}</office:body></office:document-content>"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{media_type}"/>'
        "</manifest:manifest>"
    )
    return {
        "mimetype": media_type.encode(),
        "content.xml": content.encode(),
        "styles.xml": f"<office:document-styles {_NS}/>".encode(),
        "META-INF/manifest.xml": manifest.encode(),
    }


def odf(kind: str = "text", body: str = "<text:p>Plan</text:p>", **parts: bytes) -> bytes:
    return zipped({**odf_parts(kind, body), **parts})


def content_types(main: str, extra: str = "") -> bytes:
    return (
        f'<Types xmlns="{_CT}"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/>{extra}</Types>'
    ).encode()


def rels(*relations: tuple[str, str, bool]) -> bytes:
    """A relations part of (kind, target, external)."""
    rows = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/{kind}" Target="{target}"'
        + (' TargetMode="External"/>' if outside else "/>")
        for n, (kind, target, outside) in enumerate(relations)
    )
    return f'<Relationships xmlns="{_RELS}">{rows}</Relationships>'.encode()


DOCX_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
XLSX_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def docx_parts(body: str = "<w:p/>", *relations: tuple[str, str, bool], extra: str = "") -> dict[str, bytes]:
    return {
        "[Content_Types].xml": content_types(DOCX_MAIN, extra),
        "_rels/.rels": rels(("officeDocument", "word/document.xml", False)),
        "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'.encode(),
        "word/_rels/document.xml.rels": rels(*relations),
    }


def docx(body: str = "<w:p/>", *relations: tuple[str, str, bool], extra: str = "") -> bytes:
    return zipped(docx_parts(body, *relations, extra=extra))


def xlsx_parts() -> dict[str, bytes]:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return {
        "[Content_Types].xml": content_types(XLSX_MAIN).replace(b"/word/document.xml", b"/xl/workbook.xml"),
        "_rels/.rels": rels(("officeDocument", "xl/workbook.xml", False)),
        "xl/workbook.xml": f'<workbook xmlns="{main}"><sheets/></workbook>'.encode(),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData/></worksheet>'.encode(),
    }


def xlsx() -> bytes:
    return zipped(xlsx_parts())


def pdf(change: Callable[[pikepdf.Pdf], object] | None = None, **saving: Any) -> bytes:
    """A PDF of one empty page, changed before it is saved."""
    with pikepdf.new() as document:
        document.add_blank_page()
        if change:
            change(document)
        target = io.BytesIO()
        document.save(target, **saving)
    return target.getvalue()


def packed_pdf(change: Callable[[pikepdf.Pdf], object] | None = None) -> bytes:
    """As `pdf`, with everything in compressed object streams, where searching the bytes finds nothing."""
    return pdf(change, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def png(size: tuple[int, int] = (8, 8)) -> bytes:
    return _image("PNG", size)


def jpeg(size: tuple[int, int] = (8, 8)) -> bytes:
    return _image("JPEG", size)


def _image(format_: str, size: tuple[int, int]) -> bytes:
    target = io.BytesIO()
    Image.effect_noise(size, 64).save(target, format_)
    return target.getvalue()


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def good_files() -> dict[str, bytes]:
    """One of each kind that is taken."""
    return {
        "plan.pdf": pdf(),
        "ingepakt.pdf": packed_pdf(),
        "plan.odt": odf(),
        "begroting.ods": odf("spreadsheet", "<table:table/>"),
        "dia's.odp": odf("presentation", "<draw:page/>"),
        "plan.docx": docx(),
        "begroting.xlsx": xlsx(),
        "foto.png": png(),
        "foto.jpg": jpeg(),
        "foto.JPEG": jpeg(),
    }
