"""Which definitions move which estimates: one row a definition chosen another way, the primary endpoint first.

The primary estimate is drawn with its interval on an axis; of the others each cell says by how much it changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from ..sensitivity.summary import EFFECTS, PLACE, distinct_places, effects, is_primary, with_change
from ..sensitivity.words import variant_words
from ..tables.io import conform
from . import style
from .contracts import SENSITIVITY
from .language import language, number
from .sensitivity_parts import (
    AXIS_MM,
    CELL_MM,
    Column,
    Heads,
    axis,
    cell,
    estimate_words,
    primary_text,
    statistic_words,
    unit_words,
    value_words,
)
from .texts import notice, text

LABEL_MM, GAP_MM, PAD_MM, BELOW_MM = 51.0, 2.0, 0.5, 6.0
TALLEST_MM = 232.0
"""Of the whole figure: a page of a journal, less its caption."""
DRAWN = ("primary", "other")
NAMED = 6
"""Estimates that a note names at most."""


def data(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any]) -> pd.DataFrame:
    """Return each variant and estimate with its place in the figure.

    Parameters
    ----------
    tables : mapping
        `sensitivity`.
    study : mapping
        The resolved study file.

    Returns
    -------
    DataFrame
        `contracts.SENSITIVITY`: the study itself in row 0, then the variants that move the primary estimate, from the
        largest estimate down, those that move another one, by the first they move, those that move only counts or
        limits, and the others.
    """
    lang, grid = language(study), tables["sensitivity"]
    found = effects(grid, study)
    first = grid[is_primary(grid, study)].drop_duplicates("position").set_index("position")["estimate"]
    places = distinct_places(grid, study)[PLACE].assign(column=lambda f: range(1, len(f) + 1))
    cells = with_change(grid).merge(places, on=PLACE)
    topic = cells[cells["change"] == "estimate"].groupby("position")["column"].min()
    found = found.assign(
        rank=[EFFECTS.index(e) for e in found["effect"]],
        # What cannot be estimated stands last.
        down=(-found["position"].map(first).astype("float64")).where(found["effect"] == "primary", 0.0),
        topic=found["position"].map(topic).astype("float64"),
    )
    rows = found.sort_values(["rank", "down", "topic", "position"], kind="stable", ignore_index=True)
    words = [variant_words(k, v, study, lang) for k, v in zip(rows["key"], rows["value"], strict=True)]
    rows = rows.assign(row=range(1, len(rows) + 1), label=words)[["position", "row", "effect", "label"]]
    own = pd.DataFrame({"position": [0], "row": [0], "effect": [None], "label": [text(lang, "sensitivity.study")]})
    rows = pd.concat([own, rows], ignore_index=True) if len(rows) else own
    frame = cells.merge(rows, on="position")
    return conform(frame.sort_values(["row", "column"], kind="stable", ignore_index=True), SENSITIVITY)


def _columns(frame: pd.DataFrame, lang: str) -> list[Column]:
    """Return the estimates beside the primary one that some drawn variant moves."""
    drawn = frame[(frame["row"] == 0) | frame["effect"].isin(DRAWN)]
    many = frame.groupby("endpoint")["compartment"].nunique() > 1
    out = []
    for place in sorted(set(drawn["column"]) - {1}):
        of = drawn[drawn["column"] == place]
        first = of.iloc[0].to_dict()
        moved = int((of["change"] == "estimate").sum())
        unit, what = unit_words(first["statistic"], lang), statistic_words(first["statistic"], lang)
        own = value_words(first, lang) if first["row"] == 0 else text(lang, "sensitivity.none")
        where = (first["endpoint"], first["compartment"])
        out.append(Column(place, *where, unit, own, moved, bool(many[first["endpoint"]]), what))
    return [c for c in out if c.moved]


def title(study: Mapping[str, Any]) -> str:
    """Return the heading of the figure."""
    return text(language(study), "sensitivity.title")


def _listed(frame: pd.DataFrame, effect: str) -> list[str]:
    return frame[frame["effect"] == effect].drop_duplicates("row")["label"].astype(str).tolist()


def _notes(
    frame: pd.DataFrame,
    study: Mapping[str, Any],
    columns: Sequence[Column],
    left_out: Sequence[Column],
    unseen: int = 0,
    named: bool = True,
) -> list[str]:
    """Return what stands below; `unseen` rows are not drawn, and what moves no estimate is named if `named`."""
    lang = language(study)
    semicolon = text(lang, "sensitivity.semicolon")
    notes = [text(lang, "sensitivity.how")]
    if unseen:
        notes.append(text(lang, "sensitivity.no_rows", n=number(unseen, lang)))
    if left_out:
        out = {c.place for c in left_out}
        names = [
            estimate_words(r, study, lang)
            for r in frame.drop_duplicates("column").to_dict("records")
            if r["column"] in out
        ]
        key = "sensitivity.no_columns" if len(names) <= NAMED else "sensitivity.no_columns.unnamed"
        notes.append(text(lang, key, n=number(len(names), lang), names=semicolon.join(names)))
    still = [
        estimate_words(r, study, lang)
        for r in frame.drop_duplicates("column").to_dict("records")
        if r["column"] > 1 and r["column"] not in {c.place for c in [*columns, *left_out]}
    ]
    if still and len(frame[frame["row"] > 0]):
        notes.append(text(lang, "sensitivity.still", estimates=semicolon.join(still)))
    for effect in EFFECTS[2:]:
        names = _listed(frame, effect)
        if names:
            key = f"sensitivity.{effect}" if named else f"sensitivity.{effect}.unnamed"
            notes.append(text(lang, key, n=number(len(names), lang), names=semicolon.join(names)))
    return notes


@style.in_style
def draw(data: pd.DataFrame, study: Mapping[str, Any]) -> Figure:
    """Draw as many variants as fit on a page, those that move the primary estimate first; the notes name the rest."""
    lang = language(study)
    small = style.line_mm(style.SMALL_PT)
    by_row: dict[int, list[dict[Any, Any]]] = {}
    for record in data.to_dict("records"):
        by_row.setdefault(record["row"], []).append(record)
    shown = [r for r, cells in by_row.items() if r and cells[0]["effect"] in DRAWN]
    if not shown:
        notes = _notes(data, study, [], []) if len(by_row) > 1 else []
        page = style.Page(3 * style.line_mm(), title(study), notes, notice(study))
        page.text(
            style.DOUBLE_MM / 2, style.line_mm(), text(lang, "sensitivity.empty"), align="center", colour=style.GREY
        )
        return page.figure

    firsts = {r: next((c for c in cells if c["column"] == 1), None) for r, cells in by_row.items()}
    printed = {r: primary_text(c, lang) for r, c in firsts.items() if c is not None and r in (0, *shown)}
    text_mm = max(style.width_mm(t, style.SMALL_PT) for t in printed.values()) + 2 * PAD_MM
    left = style.MARGIN_MM + LABEL_MM + GAP_MM
    cells_at = left + AXIS_MM + GAP_MM + text_mm + GAP_MM
    room = int((style.DOUBLE_MM - style.MARGIN_MM - cells_at) / CELL_MM)
    every = _columns(data, lang)
    most = _chosen(every, room)
    left_out = [c for c in every if c not in most]
    wrapped = {r: style.wrap(str(by_row[r][0]["label"]), LABEL_MM - 2.0, style.SMALL_PT) for r in shown}
    heads = Heads.of(most, study, lang, cells_at)

    def page_of(rows: Sequence[int], named: bool) -> tuple[style.Page, float]:
        effects_here = [by_row[r][0]["effect"] for r in rows]
        body = heads.height + small + 2 * PAD_MM + BELOW_MM
        body += sum(len(wrapped[r]) * small + 2 * PAD_MM for r in rows) + len(set(effects_here)) * (small + 2.0)
        notes = _notes(data, study, most, left_out, len(shown) - len(rows), named)
        return style.Page(body, title(study), notes, notice(study)), body

    last = _last_to_draw({r: by_row[r] for r in shown}, {c.place for c in most})
    kept = list(shown)
    page, body = page_of(kept, named=True)
    if page.height > TALLEST_MM:
        page, body = page_of(kept, named=False)
    while page.height > TALLEST_MM and len(kept) > 1:
        kept.remove(max(kept, key=lambda r: (last[r], r)))
        page, body = page_of(kept, named=False)

    y = heads.draw(page)
    first = data[data["column"] == 1].iloc[0].to_dict()
    heading = [text(lang, "sensitivity.primary_heading")] if is_primary(data[data["column"] == 1], study).any() else []
    heading += style.wrap(estimate_words(first, study, lang), AXIS_MM + GAP_MM + text_mm, style.SMALL_PT)
    for i, words in enumerate(reversed(heading), start=1):
        page.text(left, y - i * small, words, size=style.SMALL_PT, bold=i == len(heading) > 1)
    right = cells_at + len(most) * CELL_MM
    page.line((style.MARGIN_MM, right), (y, y))
    top = y
    y = _row(page, y, [str(by_row[0][0]["label"])], printed.get(0, ""), cells_at, text_mm, bold=True)
    for i, column in enumerate(most):
        middle = cells_at + (i + 0.5) * CELL_MM
        page.text(middle, top + PAD_MM, column.own, size=style.SMALL_PT, bold=True, align="center")
    page.line((style.MARGIN_MM, right), (y, y))
    centres, spans = {0: (top + y) / 2}, [(top, y)]
    effect = None
    for r in kept:
        if by_row[r][0]["effect"] != effect:
            effect = by_row[r][0]["effect"]
            above = text(lang, f"sensitivity.heading.{effect}")
            page.text(style.MARGIN_MM, y + 1.5, above, size=style.SMALL_PT, bold=True, colour=style.GREY)
            y += small + 2.0
        begin, pale = y, effect != "primary"
        y = _row(page, y, wrapped[r], printed.get(r, ""), cells_at, text_mm, pale=pale)
        centres[r] = (begin + y) / 2
        spans.append((begin, y))
        cells = {c["column"]: c for c in by_row[r]}
        for i, column in enumerate(most):
            words, colour = cell(cells[column.place], lang) if column.place in cells else ("", "none")
            x = cells_at + i * CELL_MM
            if colour != "none":
                page.box(
                    x + 0.2, begin + 0.2, CELL_MM - 0.4, y - begin - 0.4, facecolor=colour, edgecolor="none", zorder=0
                )
            page.text(
                x + CELL_MM / 2, centres[r] - small / 2, words, size=style.SMALL_PT, align="center",
                colour=style.BLACK if cells.get(column.place, {}).get("change") == "estimate" else style.GREY,
            )  # fmt: skip
    page.line((style.MARGIN_MM, right), (y, y))
    axis(page, left, top, y, {r: firsts[r] for r in (0, *kept)}, centres, spans, lang)
    assert y + BELOW_MM <= body + 1e-6
    return page.figure


def _chosen(columns: Sequence[Column], room: int) -> list[Column]:
    """Return the columns that fit: of each endpoint the estimate moved most often, then its second, and so on."""
    rank: dict[int, int] = {}
    for endpoint in {c.endpoint for c in columns}:
        of = sorted((c for c in columns if c.endpoint == endpoint), key=lambda c: (-c.moved, c.place))
        rank |= {c.place: i for i, c in enumerate(of)}
    first = sorted(columns, key=lambda c: (rank[c.place], c.place))[:room]
    return sorted(first, key=lambda c: c.place)


def _last_to_draw(rows: Mapping[int, Sequence[Mapping[Any, Any]]], seen: set[int]) -> dict[int, int]:
    """Return how soon each row is left out where they do not all fit, the highest first.

    What moves the primary estimate stays. Of the others, of each estimate that is drawn the row that moves most stays
    first, then its second, and so on; what moves none that is drawn goes first.
    """
    order = {r: 0 for r, cells in rows.items() if cells[0]["effect"] == "primary"}
    topics: dict[int | None, list[tuple[int, int]]] = {}
    for r, cells in rows.items():
        if r not in order:
            moved = sorted(c["column"] for c in cells if c["change"] == "estimate" and c["column"] in seen)
            topics.setdefault(moved[0] if moved else None, []).append((-len(moved), r))
    for topic, members in topics.items():
        for i, (_, r) in enumerate(sorted(members), start=1):
            order[r] = i if topic is not None else len(rows) + i
    return order


def _row(
    page: style.Page, y: float, lines: Sequence[str], words: str, cells_at: float, text_mm: float,
    bold: bool = False, pale: bool = False,
) -> float:  # fmt: skip
    """Print the label of a row and its primary estimate; return where the next row begins."""
    small = style.line_mm(style.SMALL_PT)
    end = page.lines(style.MARGIN_MM + (0 if bold else 1.5), y + PAD_MM, lines, size=style.SMALL_PT, bold=bold)
    middle = (y + PAD_MM + end) / 2 - small / 2
    page.text(
        cells_at - GAP_MM, middle, words, size=style.SMALL_PT, align="right", bold=bold,
        colour=style.GREY if pale else style.BLACK,
    )  # fmt: skip
    return end + PAD_MM


def alt(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Say in words what the figure shows: which definitions move the primary estimate and how far."""
    lang = language(study)
    by_effect_counts = {e: len(_listed(data, e)) for e in EFFECTS}
    if not sum(by_effect_counts.values()):
        return text(lang, "sensitivity.empty") + "."
    first = data[data["column"] == 1]
    own = first[first["row"] == 0].iloc[0].to_dict()
    moves = [
        text(lang, "sensitivity.alt.row", label=r["label"], value=primary_text(r, lang))
        for r in first[first["effect"] == "primary"].to_dict("records")
    ]
    return text(
        lang, "sensitivity.alt", estimate=estimate_words(own, study, lang), own=primary_text(own, lang),
        moves=" ".join(moves), **{e: number(n, lang) for e, n in by_effect_counts.items()},
    )  # fmt: skip


def caption(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Return the caption of the figure."""
    lang = language(study)
    return " ".join([text(lang, "sensitivity.caption"), text(lang, "sensitivity.how")])
