"""Figures of the page: which may be public, where each stands, and each as a source that needs no network."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ...figures import names
from ...figures.contracts import contract
from ...figures.language import language
from ...figures.make import alt, caption, encode, picture
from ...tables.io import read_table
from ..hidden import PUBLIC, below
from ..names import shown

Study = Mapping[str, Any]

SECTION = {
    names.PUBLISHED_COMPARISON: "published", names.FLOW: "flow", names.FOREST: "responses",
    names.KAPLAN_MEIER: "times", names.CUMULATIVE_INCIDENCE: "times", names.PAIRED_CHANGES: "responses",
    names.FOREST_SUBGROUPS: "subgroups", names.GROWTH_RATE: "growth", names.SENSITIVITY: "sensitivity",
    names.KAPLAN_MEIER_SUBGROUPS: "subgroups", names.FOLLOW_UP: "centres",
    names.QUALITY_MAP: "picture", names.HABITS: "picture",
    names.BLAND_ALTMAN: "readers",
}  # fmt: skip
"""Where a figure stands; any other one stands with the responses."""
CURVES = (names.KAPLAN_MEIER, names.CUMULATIVE_INCIDENCE)
SIZE = re.compile(rb'<svg [^>]*?width="([0-9.]+)pt" height="([0-9.]+)pt"')


@dataclass(frozen=True)
class Picture:
    """A figure as the page shows it: its source, its size in pixels, and what is said of it."""

    name: str
    source: str
    width: int
    height: int
    alt: str
    caption: str


def section_of(name: str) -> str:
    """Return the id of the section in which a figure stands."""
    return SECTION.get(name, "responses")


def for_public(name: str, drawn: pd.DataFrame, study: Study) -> tuple[pd.DataFrame, Study]:
    """Return what a public page draws: curves of fewer people than the study file shows are left out.

    An endpoint that has no other curve is left out with its panel.
    """
    if below(study) <= 1:
        return drawn, study
    if name == names.SENSITIVITY:
        return _enough_patients(drawn, study)
    if name not in CURVES:
        return drawn, study
    enough = drawn.groupby(["panel", "compartment"], dropna=False)["n_at_risk"].transform("max") >= below(study)
    kept = drawn[enough]
    if len(kept) == len(drawn):
        return drawn, study
    panels = sorted(kept["panel"].unique())
    kept = kept.assign(panel=kept["panel"].map({panel: i for i, panel in enumerate(panels, 1)}).astype("int64"))
    lost = set(drawn["endpoint"]) - set(kept["endpoint"])
    return kept, {**study, "endpoints": [e for e in study["endpoints"] if e["id"] not in lost]}


def _enough_patients(drawn: pd.DataFrame, study: Study) -> tuple[pd.DataFrame, Study]:
    """Return the grid of definitions without the estimates that rest on too few patients in any of its rows."""
    columns = drawn.groupby("column")["denominator"].transform("min").fillna(below(study)) >= below(study)
    kept = drawn[columns]
    places = {column: i for i, column in enumerate(sorted(kept["column"].unique()), int(drawn["column"].min()))}
    return kept.assign(column=kept["column"].map(places).astype("int64")), study


def shown_picture(name: str, drawn: pd.DataFrame, svg: bytes, study: Study) -> Picture:
    """Return a figure for a page.

    Parameters
    ----------
    name : str
    drawn : DataFrame
        The table that the figure was drawn from.
    svg : bytes
        The figure as it was drawn; empty where the study has no SVG, and it is drawn here.
    study : mapping
        Its `report.mode` decides whether curves of a few people are drawn.
    """
    kept, of = for_public(name, drawn, study)
    said = alt(name, kept, of)
    if len(kept) < len(drawn) or not svg:
        svg = encode(picture(name, kept, of), "svg", name.replace("_", " "), said, language(study))
    found = SIZE.search(svg)
    if found is None:
        raise AssertionError(f"{name}.svg is not laid out as expected")
    width, height = (round(float(v) * 96 / 72) for v in found.groups())
    source = "data:image/svg+xml;base64," + base64.b64encode(svg).decode("ascii")
    return Picture(name, source, width, height, said, caption(name, kept, of))


def pictures(folder: Path, study: Study) -> list[Picture]:
    """Return the figures that a page shows, read from the folder in which they were drawn."""
    found = []
    for name in shown(study, study["report"]["mode"] == PUBLIC):
        drawn = read_table(folder / f"{name}.parquet", contract(name))
        svg = folder / f"{name}.svg"
        found.append(
            shown_picture(name, drawn, svg.read_bytes() if "svg" in study["figures"]["formats"] else b"", study)
        )
    return found
