"""File names: what a person called a file, made safe to store, show and download on any system."""

import re
import unicodedata
from collections.abc import Sequence

MAX_BYTES = 150
"""Longest name in UTF-8. File systems stop at 255; a download may get '(1)' or a folder in front."""

_PATH = re.compile(r"[/\\]")
_FORBIDDEN = re.compile(r'[<>:"|?*%\';`$]+')
_WINDOWS = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9]|lpt[0-9])", re.IGNORECASE)


def _readable(name: str) -> str:
    """The last part of a path, in compatible characters, without what nobody can see.

    NFKC first, so that look-alikes of a slash, a point or a digit are treated as what they look like.
    """
    last = _PATH.split(unicodedata.normalize("NFKC", name))[-1]
    visible = (" " if char.isspace() else char for char in last)
    kept = "".join(char for char in visible if unicodedata.category(char)[0] != "C")
    return " ".join(unicodedata.normalize("NFKC", kept).split()).strip(". ")


def stated_suffix(name: str) -> str:
    """What the name says the file is: '.pdf', in lower case; empty when it says nothing."""
    _, point, suffix = _readable(name).rpartition(".")
    return (point + suffix.strip()).lower() if point else ""


def safe_name(name: str, suffixes: Sequence[str]) -> str:
    """A name without path, control or direction marks, second extension or Windows device name.

    It ends in one of the `suffixes` of what the file really is. Safe names stay what they are.
    """
    readable = _readable(name)
    suffix = stated_suffix(name)
    stem = readable.rpartition(".")[0] if suffix in suffixes else readable
    if suffix not in suffixes:
        suffix = suffixes[0]
    # A point inside could be taken for an extension ('rapport.exe.pdf').
    stem = _FORBIDDEN.sub("-", stem.replace(".", "-")).strip(" -.")
    if _WINDOWS.fullmatch(stem) or not stem:
        stem = f"bestand-{stem}".rstrip("-")
    room = MAX_BYTES - len(suffix.encode())
    stem = stem.encode()[:room].decode("utf-8", "ignore").strip(" -.")
    return (stem or "bestand") + suffix
