"""Draw a study's figures and write them: the same tables give the same bytes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.sax.saxutils import escape

import pandas as pd
from matplotlib.figure import Figure

from ..errors import ConfigurationError
from ..tables.io import atomic_write
from ..tables.model import Table
from . import (
    bland_altman,
    cumulative_incidence,
    flow,
    follow_up,
    forest,
    forest_subgroups,
    growth_rate,
    habits,
    kaplan_meier,
    kaplan_meier_subgroups,
    metabolic_change,
    names,
    paired_changes,
    published_comparison,
    quality_map,
    sensitivity,
    spider,
    style,
    swimmer,
    waterfall,
)
from .contracts import contract
from .language import label, language
from .texts import notice

FORMATS = ("svg", "pdf", "png")
MODULES: dict[str, ModuleType] = {
    names.FLOW: flow,
    names.GROWTH_RATE: growth_rate,
    names.PAIRED_CHANGES: paired_changes,
    names.KAPLAN_MEIER: kaplan_meier,
    names.KAPLAN_MEIER_SUBGROUPS: kaplan_meier_subgroups,
    names.CUMULATIVE_INCIDENCE: cumulative_incidence,
    names.FOREST: forest,
    names.FOREST_SUBGROUPS: forest_subgroups,
    names.PUBLISHED_COMPARISON: published_comparison,
    names.SENSITIVITY: sensitivity,
    names.QUALITY_MAP: quality_map,
    names.HABITS: habits,
    names.BLAND_ALTMAN: bland_altman,
    names.SPIDER: spider,
    names.SWIMMER: swimmer,
    names.METABOLIC_CHANGE: metabolic_change,
    names.FOLLOW_UP: follow_up,
}


def _module(name: str, study: Mapping[str, Any]) -> tuple[ModuleType, tuple[str, ...]]:
    """Return the module that draws the figure called `name`, and what its functions are given beside tables."""
    names.inputs(name)
    if name in MODULES:
        return MODULES[name], ()
    compartment = name.removeprefix(names.WATERFALL)
    if compartment not in names.compartments(study):
        raise ConfigurationError(
            f"figure {name}: the study has no compartment {compartment!r}",
            f"one of {', '.join(names.compartments(study))}",
        )
    return waterfall, (compartment,)


def data(name: str, tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any]) -> pd.DataFrame:
    """Return the table that the figure called `name` is drawn from."""
    module, extra = _module(name, study)
    return module.data(tables, study, *extra)


def alt(name: str, frame: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Return what the figure shows, for those who do not see it."""
    module, extra = _module(name, study)
    return module.alt(frame, study, *extra)


def caption(name: str, frame: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Return the caption of the figure, ending with what must be said of the data."""
    module, extra = _module(name, study)
    about = notice(study)
    return module.caption(frame, study, *extra) + (f" {about}." if about else "")


def picture(name: str, frame: pd.DataFrame, study: Mapping[str, Any]) -> Figure:
    """Return the figure called `name`, drawn from its table."""
    module, extra = _module(name, study)
    return module.draw(frame, study, *extra)


def _clean(words: str) -> str:
    """Leave out what XML and PDF strings cannot hold."""
    return re.sub(r"\s+", " ", re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]", "", words)).strip()


def encode(figure: Figure, file_format: str, title: str, description: str, lang: str) -> bytes:
    """Return a figure as the content of a file, without date, versions or anything else that varies.

    Parameters
    ----------
    figure : Figure
    file_format : str
        ``svg`` (text as outlines, so that it looks the same everywhere), ``pdf`` (fonts embedded) or ``png``.
    title, description : str
        Written into the file: SVG ``<title>`` and ``<desc>``, PDF Title and Subject, PNG Title and Description.
    lang : str
        Language of both.
    """
    title, description = _clean(title), _clean(description)
    about: dict[str, Any] = {
        "svg": {"Title": title, "Description": description, "Language": lang, "Date": None, "Creator": None},
        "pdf": {"Title": title, "Subject": description, "CreationDate": None, "Creator": None, "Producer": None},
        "png": {"Title": title, "Description": description, "Software": None},
    }
    if file_format not in about:
        raise ConfigurationError(f"figures.formats: {file_format!r}", f"one of {', '.join(FORMATS)}")
    out = io.BytesIO()
    with style.styled():
        figure.savefig(out, format=file_format, metadata=about[file_format])
    content = out.getvalue()
    return _describe(content, title, description, lang) if file_format == "svg" else content


def _describe(svg: bytes, title: str, description: str, lang: str) -> bytes:
    """Put ``<title>`` and ``<desc>`` where screen readers look for them."""
    plain = f"<title>{escape(title)}</title>"
    found = svg.decode("utf-8")
    if found.count(plain) != 1 or found.count("<svg ") != 1:
        raise AssertionError("the SVG is not laid out as expected")
    named = f'<title id="title">{escape(title)}</title>\n <desc id="desc">{escape(description)}</desc>'
    found = found.replace(plain, named)
    return found.replace(
        "<svg ", f'<svg role="img" aria-labelledby="title desc" lang="{lang}" xml:lang="{lang}" ', 1
    ).encode("utf-8")


def draw(
    name: str,
    tables: Mapping[str, pd.DataFrame],
    study: Mapping[str, Any],
    directory: str | Path,
    formats: Iterable[str] | None = None,
) -> tuple[pd.DataFrame, Table]:
    """Draw one figure and write it as ``<directory>/<name>.<format>``, each file whole or not at all.

    Parameters
    ----------
    name : str
        One of `names.figure_names(study)`.
    tables : mapping of str to DataFrame
        At least the tables of `names.inputs(name)`.
    study : mapping
        The resolved study file.
    directory : path
        Where the files go; made if it is missing.
    formats : iterable of str, optional
        As `figures.formats` of the study, if not given.

    Returns
    -------
    DataFrame, Table
        What was drawn, to be written beside the figure, and its contract.
    """
    lang = language(study)
    formats = list((study.get("figures") or {}).get("formats", FORMATS) if formats is None else formats)
    frame = data(name, tables, study)
    figure = picture(name, frame, study)
    heading = label(study["study"].get("title"), lang, str(study["study"].get("id", "")))
    about = notice(study)
    module, extra = _module(name, study)
    title = " – ".join(p for p in (module.title(study, *extra), heading) if p)
    description = alt(name, frame, study) + (f" {about}." if about else "")
    contents = {f: encode(figure, f, title, description, lang) for f in formats}
    for file_format, content in contents.items():
        atomic_write(Path(directory, f"{name}.{file_format}"), content)
    return frame, contract(name)


def draw_all(
    tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any], directory: str | Path
) -> dict[str, tuple[pd.DataFrame, Table]]:
    """Draw every figure of the study; return by name what was drawn and its contract."""
    return {name: draw(name, tables, study, directory) for name in names.figure_names(study)}
