"""Flow diagram: from the patients of the registry to those who can be evaluated in each compartment.

As STROBE asks (von Elm et al., Lancet 2007;370:1453-1457, item 13): numbers at each stage, and the reasons.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from ..tables.io import conform
from . import names, style
from .contracts import FLOW
from .counts import primary_readings, response_column, steps_of
from .language import NBSP, compartment_label, label, language, number
from .texts import notice, text

NOT_EVALUABLE = ("NED", "NE", "MISSING", "no_reading")
GAP, PAD = 7.0, 1.8
ACROSS = 4


def data(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any]) -> pd.DataFrame:
    """Count patients at each step.

    Parameters
    ----------
    tables : mapping
        `cohort` and `best_responses`.
    study : mapping
        The resolved study file.

    Returns
    -------
    DataFrame
        `contracts.FLOW`. Registry = excluded + included, and included = evaluable + not evaluable in each
        compartment.

    Raises
    ------
    TableError
        If a patient is left out by a criterion that the study does not have, or without a reason.
    """
    lang, cohort = language(study), tables["cohort"]
    rows: list[tuple[str, str | None, str | None, str | None, str, int]] = []
    registry = label((study.get("population") or {}).get("label"), lang, text(lang, "flow.registry"))
    rows.append(("registry", None, None, None, registry, len(cohort)))
    for step in steps_of(cohort, study):
        name = label(step.label, lang, step.criterion)
        for reason, n in (("not_met", step.not_met), ("unknown", step.unknown)):
            words = text(lang, f"flow.{reason}", n="").rstrip(f" :{NBSP}")
            rows.append(("excluded", step.criterion, None, reason, words, n))
        rows.append(("kept", step.criterion, None, None, name, step.kept))
    included = int(cohort["included"].sum())
    rows.append(("included", None, None, None, text(lang, "flow.included"), included))
    best = primary_readings(tables, study)
    column = response_column(study)
    for compartment in names.compartments(study):
        name = compartment_label(study, compartment, lang, text(lang, "whole_patient"))
        of = best.loc[best["compartment"] == compartment, column].value_counts()
        out = {reason: int(of.get(reason, 0)) for reason in NOT_EVALUABLE[:3]}
        out["no_reading"] = included - int(of.sum())
        rows.append(("evaluable", None, compartment, None, name, included - sum(out.values())))
        rows += [("not_evaluable", None, compartment, reason, name, n) for reason, n in out.items()]
    frame = pd.DataFrame(rows, columns=["box", "criterion", "compartment", "reason", "label", "patients"])
    frame.insert(0, "position", range(1, len(frame) + 1))
    return conform(frame, FLOW)


def _steps(frame: pd.DataFrame) -> list[tuple[str, int, int, int]]:
    """Return criterion label, patients kept, left out as not met and as unknown, of each step."""
    steps = []
    for criterion in frame.loc[frame["box"] == "kept", "criterion"]:
        of = frame[frame["criterion"] == criterion]
        kept = of[of["box"] == "kept"].iloc[0]
        out = of[of["box"] == "excluded"].set_index("reason")["patients"]
        steps.append((str(kept["label"]), int(kept["patients"]), int(out["not_met"]), int(out["unknown"])))
    return steps


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _ends(frame: pd.DataFrame, study: Mapping[str, Any], lang: str) -> list[tuple[str, int, list[str]]]:
    """Return label, evaluable patients and the lines of one box a compartment."""
    ends = []
    for compartment in frame.loc[frame["box"] == "evaluable", "compartment"]:
        of = frame[frame["compartment"] == compartment]
        evaluable = int(of.loc[of["box"] == "evaluable", "patients"].iloc[0])
        lines = [text(lang, "flow.evaluable", n=number(evaluable, lang))]
        for reason, n in of[of["box"] == "not_evaluable"].set_index("reason")["patients"].items():
            if n:
                fields = {"n": number(int(n), lang), "evaluator": study["primary_evaluator"]}
                lines.append(text(lang, f"flow.{reason}", **fields))
        ends.append((str(of["label"].iloc[0]), evaluable, lines))
    return ends


def title(study: Mapping[str, Any]) -> str:
    """Return the heading of the figure."""
    return text(language(study), "flow.title")


@style.in_style
def draw(data: pd.DataFrame, study: Mapping[str, Any]) -> Figure:
    """Draw the flow diagram from its table."""
    lang = language(study)
    line = style.line_mm()
    main_x, main_w, side_x = style.MARGIN_MM, 92.0, 104.0
    side_w = style.DOUBLE_MM - style.MARGIN_MM - side_x

    def boxed(words: str, n: int, width: float) -> list[tuple[str, bool]]:
        wrapped = [(w, False) for w in style.wrap(words, width - 2 * PAD)]
        return [*wrapped, (text(lang, "n", n=number(n, lang)), True)]

    registry = data[data["box"] == "registry"].iloc[0]
    included = data[data["box"] == "included"].iloc[0]
    main = [boxed(str(registry["label"]), int(registry["patients"]), main_w)]
    sides: list[list[tuple[str, bool]]] = []
    steps = _steps(data)
    for i, (words, kept, not_met, unknown) in enumerate(steps):
        side = [(text(lang, "flow.excluded", n=number(not_met + unknown, lang)), True)]
        for reason, n in (("not_met", not_met), ("unknown", unknown)):
            wrapped = style.wrap(text(lang, f"flow.{reason}", n=number(n, lang)), side_w - 2 * PAD)
            side += [(w, False) for w in wrapped]
        sides.append(side)
        if i < len(steps) - 1:
            main.append(boxed(_sentence(words), kept, main_w))
    last = f"{included['label']}{':' if lang == 'en' else NBSP + ':'} {steps[-1][0]}" if steps else included["label"]
    main.append(boxed(str(last), int(included["patients"]), main_w))

    ends = _ends(data, study, lang)
    across = min(len(ends), ACROSS)
    end_w = (style.DOUBLE_MM - 2 * style.MARGIN_MM - (across - 1) * 4.0) / across
    end_boxes = [
        [(w, True) for w in style.wrap(name, end_w - 2 * PAD, bold=True)]
        + [(w, False) for one in lines for w in style.wrap(one, end_w - 2 * PAD)]
        for name, _, lines in ends
    ]
    end_rows = [end_boxes[i : i + across] for i in range(0, len(end_boxes), across)]

    def height(box: list[tuple[str, bool]]) -> float:
        return len(box) * line + 2 * PAD

    # The exclusions stand between two boxes of the main column and must not touch one another.
    gaps = [GAP + 2.0] * (len(main) - 1)
    for i, side in enumerate(sides):
        after = height(sides[i + 1]) if i + 1 < len(sides) else 0.0
        gaps[i] = max(GAP, (height(side) + after) / 2 + 2.0 - height(main[i + 1]))
    overhang = max(0.0, (height(sides[0]) - gaps[0]) / 2 - height(main[0])) if sides else 0.0
    tail = max(0.0, (height(sides[-1]) - gaps[-1]) / 2 - height(main[-1])) if sides else 0.0
    body = overhang + sum(map(height, main)) + sum(gaps) + tail
    body += sum(max(map(height, row)) + GAP + 3.0 for row in end_rows)
    page = style.Page(
        body,
        title(study),
        [text(lang, "flow.note", evaluator=study["primary_evaluator"])],
        notice(study),
    )

    def put(box: list[tuple[str, bool]], x: float, y: float, width: float, **about: Any) -> None:
        page.box(x, y, width, height(box), **about)
        for i, (words, bold) in enumerate(box):
            page.text(x + PAD, y + PAD + i * line, words, bold=bold)

    y, middle = overhang, main_x + main_w / 2
    for i, box in enumerate(main):
        last = i == len(main) - 1
        put(box, main_x, y, main_w, facecolor=style.PALE if i in (0, len(main) - 1) else "white")
        y += height(box)
        if last:
            break
        page.arrow((middle, y), (middle, y + gaps[i]))
        if i < len(sides):
            branch = y + gaps[i] / 2
            page.arrow((middle, branch), (side_x, branch))
            put(sides[i], side_x, branch - height(sides[i]) / 2, side_w)
        y += gaps[i]

    # Compartments hang on rails; a second row's rail is fed through the gap in the middle of the row above.
    stem, feed = y, middle
    y += tail
    for row in end_rows:
        rail = y + GAP / 2
        centres = [style.MARGIN_MM + i * (end_w + 4.0) + end_w / 2 for i in range(len(row))]
        page.line((feed, feed), (stem, rail))
        page.line((min(feed, *centres), max(feed, *centres)), (rail, rail))
        for centre, box in zip(centres, row, strict=True):
            page.arrow((centre, rail), (centre, y + GAP + 3.0))
            put(box, centre - end_w / 2, y + GAP + 3.0, end_w)
        stem, feed = rail, style.MARGIN_MM + (across // 2) * (end_w + 4.0) - 2.0
        y += max(map(height, row)) + GAP + 3.0
    return page.figure


def alt(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Say in words what the diagram shows."""
    lang = language(study)
    registry = data[data["box"] == "registry"].iloc[0]
    included = int(data.loc[data["box"] == "included", "patients"].iloc[0])
    steps = [
        text(lang, "flow.alt.step", criterion=words, excluded=number(a + b, lang), unknown=number(b, lang))
        for words, _, a, b in _steps(data)
    ]
    ends = [
        text(
            lang, "flow.alt.compartment", compartment=name, evaluable=number(n, lang),
            rest=number(included - n, lang),
        )
        for name, n, _ in _ends(data, study, lang)
    ]  # fmt: skip
    return text(
        lang, "flow.alt", registry=registry["label"], total=number(int(registry["patients"]), lang),
        steps=" ".join(steps), included=number(included, lang), compartments=" ".join(ends),
    )  # fmt: skip


def caption(data: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Return the caption of the figure."""
    lang = language(study)
    return " ".join([text(lang, "flow.caption"), text(lang, "flow.note", evaluator=study["primary_evaluator"])])
