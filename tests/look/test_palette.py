"""Contrast of our palette, computed from the style sheets themselves, in light and in dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOKEN = re.compile(r"(--[\w-]+):\s*([^;]+);")
RAMP = "--voorbeeld-kleuren-"


def _tokens(name: str) -> dict[str, str]:
    vendor = (ROOT / "static/vendor/nlds.css").read_text()
    light = dict(TOKEN.findall(vendor[: vendor.index("}")]))
    light |= dict(TOKEN.findall((ROOT / "static/css/theme.css").read_text()))
    if name == "dark":
        return light | dict(TOKEN.findall((ROOT / "static/css/theme-dark.css").read_text()))
    return light


def _colour(tokens: dict[str, str], name: str) -> tuple[int, int, int]:
    value = tokens[name].strip()
    while value.startswith("var("):
        value = tokens[value[4:-1].split(",")[0].strip()].strip()
    digits = value.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    red, green, blue = (int(digits[at : at + 2], 16) for at in (0, 2, 4))
    return red, green, blue


def _luminance(colour: tuple[int, int, int]) -> float:
    parts = [part / 255 for part in colour]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(tokens: dict[str, str], one: str, other: str) -> float:
    high, low = sorted((_luminance(_colour(tokens, one)), _luminance(_colour(tokens, other))), reverse=True)
    return (high + 0.05) / (low + 0.05)


TEXT = [
    ("--pp-ink", "--pp-paper"), ("--pp-ink", "--pp-surface"), ("--pp-ink", "--pp-tint"),
    ("--pp-quiet", "--pp-paper"), ("--pp-quiet", "--pp-surface"), ("--pp-quiet", "--pp-tint"),
    ("--pp-brand", "--pp-paper"), ("--pp-brand", "--pp-surface"), ("--pp-brand", "--pp-tint-faint"),
    ("--pp-on-brand", "--pp-brand"), ("--pp-on-header", "--pp-header"), ("--pp-on-demo", "--pp-demo"),
    ("--pp-on-brand", f"{RAMP}rood-500"), (f"{RAMP}rood-500", "--pp-paper"),
    *[(f"{RAMP}{name}-600", f"{RAMP}{name}-100") for name in ("groen", "geel", "rood", "blauw", "grijs")],
    *[("--pp-ink", f"{RAMP}{name}-100") for name in ("groen", "oranje", "rood", "blauw")],
    *[("--pp-series-ink", f"--pp-series-{at}") for at in range(1, 6)],
    *[("--pp-level-ink-light", f"--pp-level-{at}") for at in range(3)],
    *[("--pp-level-ink-deep", f"--pp-level-{at}") for at in (3, 4)],
]  # fmt: skip
SHAPES = [
    ("--pp-line", "--pp-paper"), ("--pp-line", "--pp-surface"), ("--pp-header-accent", "--pp-header"),
    *[(f"--pp-series-{at}", "--pp-paper") for at in range(1, 6)],
    (f"{RAMP}oranje-600", f"{RAMP}oranje-100"), (f"{RAMP}rood-500", f"{RAMP}rood-100"),
    (f"{RAMP}groen-500", f"{RAMP}groen-100"), (f"{RAMP}blauw-500", f"{RAMP}blauw-100"),
]  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back"), TEXT)
def test_text_can_be_read(theme: str, front: str, back: str) -> None:
    assert _contrast(_tokens(theme), front, back) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back"), SHAPES)
def test_shapes_can_be_seen(theme: str, front: str, back: str) -> None:
    assert _contrast(_tokens(theme), front, back) >= 3


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_focus_ring_stands_out_on_page_and_header(theme: str) -> None:
    tokens = _tokens(theme)
    assert _contrast(tokens, "--pp-ink", "--pp-paper") >= 3
    assert _contrast(tokens, "--pp-on-header", "--pp-header") >= 3


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_levels_of_the_map_run_in_one_direction(theme: str) -> None:
    tokens = _tokens(theme)
    ramp = [_luminance(_colour(tokens, f"--pp-level-{at}")) for at in range(5)]
    assert ramp in (sorted(ramp), sorted(ramp, reverse=True))


def test_dark_turns_every_ramp_that_light_uses() -> None:
    dark = dict(TOKEN.findall((ROOT / "static/css/theme-dark.css").read_text()))
    light = set(_tokens("light"))
    missing = {name for name in light if name.startswith(RAMP)} - set(dark)
    assert missing == set()
