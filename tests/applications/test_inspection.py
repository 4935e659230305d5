"""Uploads judged by content: every trick is refused with its own reason, every plain file is taken."""

import hashlib
import io
import resource
import struct
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, String

from pool.applications.inspection import Limits, Reason, Refusal, apart, inspect
from pool.applications.inspection.names import MAX_BYTES, safe_name
from tests.support import uploads
from tests.support.hostile_uploads import (
    ACTIVE_PDFS,
    FIELD,
    HOSTILE_PACKAGES,
    LINK,
    action,
    annotate,
    big_pdf,
    lying,
    pdf_bomb,
    put,
    right_table,
)
from tests.support.uploads import docx, docx_parts, jpeg, odf_parts, packed_pdf, pdf, png, xlsx, zipped


def refused(name: str, content: bytes, limits: Limits = Limits(), *, in_own_process: bool = False) -> Reason:
    with pytest.raises(Refusal) as caught:
        inspect(name, content, limits, in_own_process=in_own_process)
    assert caught.value.code == caught.value.reason.value
    assert "{" not in caught.value.message
    return caught.value.reason


# --- PDF --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trick", ACTIVE_PDFS)
@pytest.mark.parametrize("make", [pdf, packed_pdf])
def test_active_pdfs_are_refused_also_when_packed_away(
    trick: str, make: Callable[[Callable[[pikepdf.Pdf], object]], bytes]
) -> None:
    change, reason = ACTIVE_PDFS[trick]
    assert refused("plan.pdf", make(change)) is reason


def test_the_packed_tricks_are_not_visible_in_the_bytes() -> None:
    content = packed_pdf(ACTIVE_PDFS["script on opening"][0])
    assert b"JavaScript" not in content
    assert b"/JS" not in content


def test_a_name_in_disguise_is_the_same_name() -> None:
    content = pdf(put("/OpenAction", action("JavaScript", JS=String("x"))))
    disguised = content.replace(b"/JavaScript", b"/J#61vaScri#70t").replace(b"/JS", b"/#4a#53")
    # The offsets moved, so put the table right again without qpdf touching the names.
    assert refused("plan.pdf", right_table(disguised)) is Reason.ACTIVE


def test_an_action_outside_the_table_is_still_found() -> None:
    content = pdf()
    place = content.index(b"xref\n")
    start = content.rindex(b"startxref\n") + 10
    hidden = b"9 0 obj\n<</S/JavaScript/JS(x)>>\nendobj\n"
    moved = content[:place] + hidden + content[place:start] + b"%d\n%%%%EOF\n" % (place + len(hidden))
    assert refused("plan.pdf", moved) is Reason.ACTIVE


@pytest.mark.parametrize("owner_only", [True, False])
def test_a_password_on_a_pdf_is_refused(owner_only: bool) -> None:
    lock = pikepdf.Encryption(owner="geheim", user="" if owner_only else "geheim")
    assert refused("plan.pdf", pdf(encryption=lock)) is Reason.ENCRYPTED


def test_plain_use_of_pdf_is_taken() -> None:
    def change(document: pikepdf.Pdf) -> None:
        annotate(Subtype=Name.Link, A=action("URI", URI=String("https://example.nl/plan")))(document)
        document.Root.OpenAction = Array([document.pages[0].obj, Name.Fit])
        document.Root.AcroForm = Dictionary(Fields=[])
        document.Root.StructTreeRoot = Dictionary(
            Type=Name.StructTreeRoot, K=document.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Sound))
        )
        document.docinfo["/Title"] = "Over /JS en /Collection in een tekst"

    for make in (pdf, packed_pdf):
        assert inspect("plan.pdf", make(change), in_own_process=False).media_type == "application/pdf"


def test_a_broken_pdf_is_refused_not_repaired() -> None:
    content = pdf()
    for broken in (content[:200], content[:-40], content.replace(b"xref", b"xxxx"), b"%PDF-1.7\n%%EOF\n"):
        assert refused("plan.pdf", broken) is Reason.DAMAGED


# --- Office packages --------------------------------------------------------------------------------


@pytest.mark.parametrize("trick", HOSTILE_PACKAGES)
def test_hostile_packages_are_refused(trick: str) -> None:
    name, content, reason = HOSTILE_PACKAGES[trick]
    assert refused(name, content) is reason


def test_an_encrypted_odf_is_refused() -> None:
    parts = odf_parts()
    locked = parts["META-INF/manifest.xml"].replace(
        b'text"/>', b'text"><manifest:encryption-data/></manifest:file-entry>'
    )
    assert locked != parts["META-INF/manifest.xml"]
    assert refused("a.odt", zipped({**parts, "META-INF/manifest.xml": locked})) is Reason.ENCRYPTED


def test_plain_use_of_packages_is_taken() -> None:
    link = docx(
        FIELD.format(' HYPERLINK "https://a.nl" ') + FIELD.format("TOC"),
        ("hyperlink", "https://a.nl", True),
        ("attachedTemplate", "file:///C:\\Sjablonen\\brief.dotm", True),
    )
    assert inspect("a.docx", link, in_own_process=False).media_type.endswith("wordprocessingml.document")
    body = LINK.format("https://a.nl") + LINK.format("#kop") + "<draw:image xlink:href='Pictures/a.png'/>"
    parts = {**odf_parts(body=body), "Pictures/a.png": png(), "Configurations2/": b"", "layout-cache": b"x"}
    assert inspect("a.odt", zipped(parts), in_own_process=False).size


# --- Zips that lie ----------------------------------------------------------------------------------


def test_bombs_are_refused_before_they_go_off() -> None:
    zeros = b"<x>" + b" " * 60_000_000 + b"</x>"
    flat = zipped({**docx_parts(), "word/a.xml": zeros})
    many = zipped({**docx_parts(), **{f"word/{n}.xml": b"<x/>" for n in range(1_001)}})
    told_small = lying(flat, b"word/a.xml", size=100)
    told_sane = lying(flat, b"word/a.xml", size=900_000)
    assert len(flat) < 100_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for content, reason in (
        (flat, Reason.UNPACKS_TOO_LARGE),
        (many, Reason.TOO_MANY_PARTS),
        (told_small, Reason.UNPACKS_TOO_LARGE),
        (told_sane, Reason.UNPACKS_TOO_LARGE),
    ):
        started = time.perf_counter()
        assert refused("a.docx", content) is reason
        assert time.perf_counter() - started < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024


def test_a_bomb_of_overlapping_entries_is_refused() -> None:
    """Many names in the directory for the same packed bytes, as in David Fifield's bombs."""
    one = zipped({"mimetype": b"x", "word/a.xml": b"<x/>" * 1_000})
    start, end = one.index(b"PK\x01\x02"), one.index(b"PK\x05\x06")
    second = one.index(b"PK\x01\x02", start + 1)
    copies = b"".join(one[second:end].replace(b"word/a.xml", b"word/%c.xml" % c) for c in b"bcdefghij")
    total = len(one[start:end] + copies)
    content = one[:end] + copies + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 11, 11, total, start, 0)
    assert refused("a.docx", content) in (Reason.TWO_IN_ONE, Reason.DAMAGED)


def test_what_surrounds_the_entries_is_refused() -> None:
    plain = docx()
    end = plain.index(b"PK\x05\x06")
    comment = plain[:-2] + b"\x05\x00hello"
    hidden = zipped({"x": b"y"})[: 30 + 1 + 3]
    start = struct.unpack_from("<I", plain, end + 16)[0]
    between = bytearray(plain[:start] + b"\0" * 64 + plain[start:])
    struct.pack_into("<I", between, end + 64 + 16, start + 64)
    for content in (
        plain + b"\0",
        plain + plain,
        comment,
        hidden + plain,
        bytes(between),
        plain[:-1],
        plain[:60],
    ):
        assert refused("a.docx", content) in (Reason.DAMAGED, Reason.TWO_IN_ONE, Reason.NAME_DIFFERS)


def test_headers_that_contradict_the_directory_are_refused() -> None:
    plain = docx()
    for offset in (6, 8, 14, 22, 30):
        changed = bytearray(plain)
        changed[offset] ^= 1
        assert refused("a.docx", bytes(changed)) in (Reason.DAMAGED, Reason.ENCRYPTED, Reason.TWO_IN_ONE)
    directory = plain.index(b"PK\x01\x02")
    for offset, value, reason in ((8, 1, Reason.ENCRYPTED), (10, 14, Reason.DAMAGED)):
        changed = bytearray(plain)
        changed[directory + offset] = value
        assert refused("a.docx", bytes(changed)) is reason


def test_streamed_zips_with_sizes_behind_the_data_are_taken() -> None:
    """LibreOffice and others write the sizes after the data."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.kept = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.kept += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in docx_parts().items():
            archive.writestr(name, data)
    assert inspect("a.docx", bytes(pipe.kept), in_own_process=False).size == len(pipe.kept)


# --- Pictures ---------------------------------------------------------------------------------------


def test_pictures_that_are_more_or_less_than_a_picture_are_refused() -> None:
    whole, photo = png(), jpeg()
    head, end = whole[:33], whole[-12:]
    big = (
        whole[:8]
        + uploads.png_chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0))
        + whole[33:]
    )
    size_at = photo.index(b"\xff\xc0") + 5
    wide = photo[:size_at] + b"\xff\xff\xff\xff" + photo[size_at + 4 :]
    for name, content, reason in (
        ("a.png", big, Reason.TOO_MANY_PIXELS),
        ("a.jpg", wide, Reason.TOO_MANY_PIXELS),
        ("a.png", whole + b"x", Reason.TWO_IN_ONE),
        ("a.png", whole + xlsx(), Reason.TWO_IN_ONE),
        ("a.png", head + uploads.png_chunk(b"tEXt", b"a\0<script>") + whole[33:], Reason.TWO_IN_ONE),
        ("a.png", whole[:-4] + b"\0\0\0\0", Reason.DAMAGED),
        ("a.png", whole[:-12], Reason.DAMAGED),
        ("a.png", head + end, Reason.DAMAGED),
        ("a.jpg", photo[:-2], Reason.DAMAGED),
        ("a.jpg", photo[:30], Reason.DAMAGED),
        ("a.jpg", b"\xff\xd8\xff\xd9", Reason.DAMAGED),
        ("a.jpg", photo + xlsx(), Reason.TWO_IN_ONE),
        ("a.jpg", photo + b"<script>alert(1)</script>", Reason.TWO_IN_ONE),
        ("a.jpg", photo[:2] + b"\xff\xfe\x00\x14<?php system(1)?>." + photo[2:], Reason.TWO_IN_ONE),
        ("a.jpg", photo + pdf(), Reason.TWO_IN_ONE),
    ):
        assert refused(name, content) is reason


def test_a_second_picture_behind_the_first_is_what_telephones_do() -> None:
    assert inspect("a.jpg", jpeg() + jpeg(), in_own_process=False).media_type == "image/jpeg"


# --- Other things -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.pdf", b"", Reason.EMPTY),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>", Reason.WEB_PAGE),
        ("a.png", b"\xef\xbb\xbf  <?xml version='1.0'?><svg/>", Reason.WEB_PAGE),
        ("a.pdf", b"<!DOCTYPE html><script>x</script>", Reason.WEB_PAGE),
        ("a.pdf", b"hallo <html>", Reason.WEB_PAGE),
        ("a.pdf", b"<\x00h\x00t\x00m\x00l\x00", Reason.WEB_PAGE),
        ("a.pdf", b"\n%PDF-1.7", Reason.UNKNOWN_TYPE),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, Reason.OLD_OFFICE),
        ("a.exe", b"MZ" + b"\0" * 600, Reason.UNKNOWN_TYPE),
        ("a.txt", b"tekst", Reason.UNKNOWN_TYPE),
        ("a.gif", b"GIF89a", Reason.UNKNOWN_TYPE),
        ("plan.pdf.exe", pdf(), Reason.NAME_DIFFERS),
        ("plan.html", pdf(), Reason.NAME_DIFFERS),
        ("foto.png", jpeg(), Reason.NAME_DIFFERS),
        ("plan\u202efdp.exe", pdf(), Reason.NAME_DIFFERS),
        ("plan.pdf", b"%PDF-1.7\n<html>" + pdf(), Reason.TWO_IN_ONE),
        ("plan.pdf", pdf() + xlsx(), Reason.TWO_IN_ONE),
    ],
)
def test_what_is_something_else_is_refused(name: str, content: bytes, reason: Reason) -> None:
    assert refused(name, content) is reason


def test_too_large_is_found_while_reading() -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return b"x" * size

    source = Endless()
    with pytest.raises(Refusal, match="niet groter zijn dan 1 MB"):
        inspect("a.pdf", source, Limits(size=1_000_000))  # type: ignore[arg-type]
    assert source.given < 1_200_000


def test_plain_files_are_taken_in_a_process_of_their_own() -> None:
    for name, content in uploads.good_files().items():
        accepted = inspect(name, io.BytesIO(content))
        assert accepted.size == len(content)
        assert accepted.sha256 == hashlib.sha256(content).hexdigest()
        assert accepted.safe_name.rpartition(".")[2] == name.lower().rpartition(".")[2]


# --- The process of its own -------------------------------------------------------------------------


@pytest.mark.parametrize("make", [pdf_bomb, big_pdf])
def test_what_grows_or_lasts_is_stopped_and_refused(make: Callable[[], bytes]) -> None:
    content = make()
    inspect("a.pdf", pdf())  # so that the helper runs
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    small = Limits(memory=128 * 1024 * 1024, seconds=2)
    assert refused("a.pdf", content, small, in_own_process=True) in (Reason.TOO_COMPLEX, Reason.DAMAGED)
    assert time.perf_counter() - started < 2 * small.seconds + 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024


def test_a_helper_that_died_is_replaced_and_threads_do_not_mix_up_answers() -> None:
    inspect("a.pdf", pdf())
    for helper in apart._helpers.idle:
        helper.process.kill()
    files = [("a.pdf", pdf(), None), ("a.pdf", pdf(ACTIVE_PDFS["launch"][0]), Reason.ACTIVE)] * 20

    def outcome(name: str, content: bytes) -> Reason | None:
        try:
            inspect(name, content)
        except Refusal as refusal:
            return refusal.reason
        return None

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(outcome, [name for name, *_ in files], [content for _, content, _ in files]))
    assert found == [reason for *_, reason in files]


def test_without_a_helper_nothing_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_helpers", apart._Helpers())
    monkeypatch.setattr(apart.sys, "executable", "/nonexistent")
    assert refused("a.pdf", pdf(), in_own_process=True) is Reason.NOT_CHECKED


def test_a_reason_comes_back_from_the_other_process_with_its_facts() -> None:
    content = packed_pdf(ACTIVE_PDFS["launch"][0])
    with pytest.raises(Refusal, match=r"zelf iets uitvoeren \(/Launch\)"):
        inspect("a.pdf", content)


# --- Names ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("plan.pdf", "plan.pdf"),
        ("Begroting v1.2 – Súdwest.PDF", "Begroting v1-2 – Súdwest.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\x\\plan.pdf", "plan.pdf"),
        ("..\uff0f..\uff0fplan\uff0epdf", "plan.pdf"),
        ("plan.exe.pdf", "plan-exe.pdf"),
        ("plan\u202efdp.pdf", "planfdp.pdf"),
        ("plan\x00.exe\x00.pdf", "plan-exe.pdf"),
        ("plan\r\nSet-Cookie: x.pdf", "plan Set-Cookie- x.pdf"),
        ("CON.pdf", "bestand-CON.pdf"),
        ("com\u00b9.pdf", "bestand-com1.pdf"),
        ("nul.txt.pdf", "nul-txt.pdf"),
        ("\u00a0. .pdf", "pdf.pdf"),
        ("", "bestand.pdf"),
        ("plan", "plan.pdf"),
        ("plan.pdf::$DATA", "plan-pdf-DATA.pdf"),
        ("plan.pdf. . ", "plan.pdf"),
        ('a"b;c%0d.pdf', "a-b-c-0d.pdf"),
        ("\ud800x.pdf", "x.pdf"),
        ("e\u0301.pdf", "é.pdf"),
    ],
)
def test_names_are_made_safe(name: str, safe: str) -> None:
    assert safe_name(name, (".pdf",)) == safe


@given(st.text(st.characters(), max_size=300), st.sampled_from([(".pdf",), (".jpg", ".jpeg")]))
def test_every_name_becomes_a_safe_name(name: str, suffixes: tuple[str, ...]) -> None:
    safe = safe_name(name, suffixes)
    assert safe.endswith(suffixes)
    assert safe.count(".") == 1
    assert len(safe.encode("utf-8")) <= MAX_BYTES
    assert safe.isprintable()
    assert not set(safe) & set('/\\:*?"<>|;%')
    assert safe[0] not in " .-"
    assert safe_name(safe, suffixes) == safe
