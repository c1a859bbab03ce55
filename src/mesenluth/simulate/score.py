"""Score the rules against the defects planted in synthetic registries: recall and precision, by rule and by kind.

``python -m mesenluth.simulate.score`` writes docs/quality_scores.md.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ..quality import combine, picture
from ..quality.engine import validate
from ..quality.profile import profile
from ..registry.cut import with_record_ids
from ..registry.extract import extract
from ..registry.source import read
from ..response.classify import classify
from ..study import load
from ..tables.extracted import stored
from ..tables.io import conform
from ..tables.registry import REGISTRY
from .defects_other import NONE
from .registry import generate

SECOND_SEED = 11
"""Of the registry with the other list of defects."""
CLEAN_PATIENTS = 500
INTRO = """# How the rules score against planted defects

Written by `python -m mesenluth.simulate.score`; do not edit it here. Each registry is generated, extracted and judged
as a study's is, and what was found is held against the manifest of what was planted.

- **recall**: planted findings that were found. **precision**: findings that were planted.
- **beside**: findings that were not planted themselves, of a patient (or centre) with a planted defect: most are its
  consequences, as a gap where a scan went to another patient. They count against precision.
- **false**: findings of patients and centres without any planted defect.
"""
OTHER = """For six of these kinds there was no rule when the list was drawn up; `scans.assessment_order`,
`measurements.one_axis_copied`, `lesions.site_of_another_organ`, `lesions.site_of_other_sex`, `follow_up.two_deaths` and
`markers.unit_jump` were added for them, so that their scores say that they work, not that they were foreseen. Dates
decades after the cut used to be counted among the rows that have to wait, and are findings now. Day and month of a scan
exchanged so that it passes no other assessment cannot be seen: no record contradicts it. What the generator leaves
empty by chance (`registry.missing_values`) is missing indeed, though nobody planted it.
"""
HEADINGS = ("planted", "found", "recall %", "findings", "beside", "false", "precision %")


@dataclass(frozen=True)
class Scored:
    """What was planted, and what was found.

    Attributes
    ----------
    planted : DataFrame
        rule, severity, key, patient, kind, found: one row an expected finding; `key` is that of the source's record, or
        the centre.
    findings : DataFrame
        rule, severity, key, true, beside: one row a finding. `true` says that it was expected; `beside` that it was
        not, but is of a patient or centre with a planted defect, of which it may be a consequence.
    """

    planted: pd.DataFrame
    findings: pd.DataFrame


def score(study: Mapping[str, Any], root: Path, folder: Path) -> Scored:
    """Generate a synthetic registry, judge it, and hold what was found against what was planted."""
    path = folder / f"{study['source']['defects']}.sqlite"
    study = {**study, "source": {**study["source"], "path": str(path)}}
    generate(study, path)
    with open(path.with_name(path.stem + ".defects.csv"), newline="") as stream:
        planted = pd.DataFrame(
            list(csv.DictReader(stream)), columns=["rule", "severity", "source_key", "table", "note"]
        )
    delivery = read(study, root)
    texts = {n: conform(with_record_ids(n, delivery.tables[n]), stored(n)) for n in REGISTRY}
    extracted = extract(texts, delivery.readings, study["cut"]["date"])
    judged = validate(extracted.tables, extracted.unreadable, study)
    responses = classify(judged.accepted, study)
    found = combine.findings(judged.findings, responses["response_disagreements"], judged.accepted["patients"])
    counted = profile(extracted.tables, extracted.unreadable)
    whole = picture.picture(counted, found, study)
    habits = picture.centre_findings(whole, picture.preferences(counted, study), study)
    habits = habits[habits["centre"].notna()]
    keys = [record.split(":")[1] for record in found["record_id"]]
    rows = found[["rule", "severity", "patient_id", "centre"]].astype(object).assign(key=keys)
    columns = habits[["rule", "severity", "centre"]].astype(object)
    rows = pd.concat([rows, columns.assign(key=habits["centre"].astype(object))], ignore_index=True)
    return _compared(planted, rows, extracted.tables, study["source"]["defects"] == "other")


def _compared(planted: pd.DataFrame, rows: pd.DataFrame, tables: Mapping[str, pd.DataFrame], listed: bool) -> Scored:
    """Set expected and actual findings beside each other."""
    tabled = {n: f["record_id"].str.split(":").str[1].tolist() for n, f in tables.items()}
    of = {(n, k): p for n, f in tables.items() for k, p in zip(tabled[n], f["patient_id"].astype(object), strict=True)}
    seen = set(zip(rows["rule"], rows["key"], strict=True))
    pairs = list(zip(planted["rule"], planted["source_key"], strict=True))
    patients = [of.get((t, k)) for t, k in zip(planted["table"], planted["source_key"], strict=True)]
    expected = planted.rename(columns={"source_key": "key"}).assign(
        patient=pd.Series(patients, index=planted.index, dtype=object),
        kind=planted["note"] if listed else "",
        found=[pair in seen for pair in pairs],
    )
    # What no rule has to see is found if any rule of its table sees the record.
    anything = {(rule.split(".")[0], key) for rule, key in seen}
    named = zip(expected["table"], expected["key"], strict=True)
    by_any = pd.Series([pair in anything for pair in named], index=expected.index, dtype=bool)
    expected["found"] = expected["found"].astype(bool).where(expected["rule"] != NONE, by_any)
    people = set(expected["patient"].dropna())
    centres = set(expected.loc[expected["rule"].str.startswith("registry."), "key"])
    wanted = set(pairs)
    true = [pair in wanted for pair in zip(rows["rule"], rows["key"], strict=True)]
    near = rows["patient_id"].isin(people) | rows["centre"].isin(centres)
    rows = rows.assign(true=true)
    return Scored(expected, rows.assign(beside=near & ~rows["true"]))


def by_rule(scored: Scored) -> pd.DataFrame:
    """Return recall and precision by rule.

    Returns
    -------
    DataFrame
        rule, severity, planted, found, findings, true, beside, false, recall, precision (fractions; missing where
        nothing was planted, or nothing found).
    """
    expected = scored.planted[scored.planted["rule"] != NONE]
    one = expected.groupby(["rule", "severity"]).agg(planted=("found", "size"), found=("found", "sum"))
    rows = scored.findings.assign(false=~scored.findings["true"] & ~scored.findings["beside"])
    two = rows.groupby(["rule", "severity"]).agg(
        findings=("true", "size"), true=("true", "sum"), beside=("beside", "sum"), false=("false", "sum")
    )
    table = one.join(two, how="outer").fillna(0).astype("int64").reset_index()
    table = table.assign(
        recall=(table["found"] / table["planted"]).where(table["planted"] > 0),
        precision=(table["true"] / table["findings"]).where(table["findings"] > 0),
    )
    rank = table["severity"].map({"error": 0, "warning": 1, "info": 2})
    return table.assign(_rank=rank).sort_values(["_rank", "rule"], ignore_index=True).drop(columns="_rank")


def by_kind(scored: Scored) -> pd.DataFrame:
    """Return by kind of defect, and the rule that has to see it, how many were planted and found."""
    kinds = scored.planted.groupby(["kind", "rule", "severity"], sort=True)["found"]
    return kinds.agg(planted="size", found="sum").reset_index()


def _lines(headings: tuple[str, ...], rows: list[list[str]]) -> list[str]:
    rule = ["---", *("---:" for _ in headings[1:])]
    return [f"| {' | '.join(r)} |" for r in (list(headings), rule, *rows)]


def _percent(value: float) -> str:
    return "–" if pd.isna(value) else f"{100 * value:.1f}"


def _rules(table: pd.DataFrame) -> list[str]:
    rows = [
        [f"`{r['rule']}` ({r['severity']})", str(r["planted"]), str(r["found"]), _percent(r["recall"]),
         str(r["findings"]), str(r["beside"]), str(r["false"]), _percent(r["precision"])]
        for r in table.to_dict("records")
    ]  # fmt: skip
    return _lines(("rule", *HEADINGS), rows)


def page(standard: Scored, other: Scored, clean: Scored) -> str:
    """Return the page of scores."""
    seen = other.planted[other.planted["rule"] != NONE]
    kinds = [
        [r["kind"], "nothing contradicts it" if r["rule"] == NONE else f"`{r['rule']}` ({r['severity']})",
         str(r["planted"]), str(r["found"])]
        for r in by_kind(other).to_dict("records")
    ]  # fmt: skip
    rows = clean.findings[~clean.findings["rule"].str.startswith("registry.")]
    lines = [
        INTRO,
        f"A clean registry (`source.defects: none`, {CLEAN_PATIENTS} patients) gives {len(rows)} findings of rows.", "",
        "## The standard list", "",
        f"`source.defects: standard`, the default study: {len(standard.planted)} findings planted,"
        f" {int(standard.planted['found'].sum())} found.", "",
        *_rules(by_rule(standard)), "",
        "## Kinds that the rules were not built on", "",
        f"`source.defects: other`, seed {SECOND_SEED}: {len(seen)} findings planted, {int(seen['found'].sum())} found.",
        OTHER,
        *_lines(("kind", "seen by", "planted", "found"), kinds), "",
        "By rule, with what these defects set off beside:", "",
        *_rules(by_rule(other)), "",
    ]  # fmt: skip
    return "\n".join(lines)


def scores(root: Path) -> tuple[Scored, Scored, Scored]:
    """Return the scores of the default study, of the other list of defects, and of a clean registry."""
    study = load(root)
    with tempfile.TemporaryDirectory() as folder:
        standard, other, clean = (
            score({**study, "source": {**study["source"], **changes}}, root, Path(folder))
            for changes in (
                {"defects": "standard"},
                {"defects": "other", "seed": SECOND_SEED},
                {"defects": NONE, "seed": SECOND_SEED, "patients": CLEAN_PATIENTS},
            )
        )
    return standard, other, clean


if __name__ == "__main__":
    sys.stdout.write(page(*scores(Path.cwd())))
