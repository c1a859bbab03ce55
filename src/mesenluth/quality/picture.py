"""The picture of a registry: how complete, conformant and plausible it is, by table, field, rule and centre.

The three categories are those of Kahn et al. (eGEMs 2016;4:1244). Numbers that rest on fewer patients or values than
the study file's `statistics.small_cell_below` are not shown by centre.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..tables.io import STRING, conform, empty
from ..tables.registry import REGISTRY
from ..tables.results_picture import CENTRE_FINDINGS, PICTURE, PREFERENCES, VALUE_PLACES
from .catalogue import Catalogue, of_study

PLAUSIBLE = ("range", "condition", "check")
ROUND_DIGITS = ("0", "5")
ROUND_DAYS = ("1", "15")
EXPECTED = {"digits": 20.0, "days": 200 / 30.4375}
"""Percent of values at a preferred place where nobody prefers any: 2 of 10 digits, 2 of 30.4375 days."""
MEASURE = {"digits": ("digit", ROUND_DIGITS), "days": ("day", ROUND_DAYS)}


def _by_centre(counts: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return counts by centre, and their sums for the whole registry (centre missing)."""
    centres = counts.groupby([*by, "centre"], as_index=False, sort=True)[["n"]].sum()
    whole = counts.groupby(by, as_index=False, sort=True)[["n"]].sum().assign(centre=None)
    return pd.concat([whole.astype({"centre": STRING}), centres.astype({"centre": STRING})], ignore_index=True)


def _key(frame: pd.DataFrame, columns: list[str]) -> pd.MultiIndex:
    """Return rows named by columns, gaps (the whole registry) as empty text."""
    return pd.MultiIndex.from_frame(frame[columns].astype(object).where(frame[columns].notna(), ""))


def _matched(rows: pd.DataFrame, counts: pd.DataFrame, columns: list[str]) -> np.ndarray:
    """Return for each row the count under its name, 0 where there is none."""
    found = pd.Series(counts["n"].to_numpy(), index=_key(counts, columns))
    return found.reindex(_key(rows, columns)).fillna(0).to_numpy(dtype="int64")


def picture(
    profile: pd.DataFrame, findings: pd.DataFrame, study: Mapping[str, Any], catalogue: Catalogue | None = None
) -> pd.DataFrame:
    """Return completeness, conformance and plausibility of every field and rule.

    Parameters
    ----------
    profile : DataFrame
        By the contract PROFILE, of the whole cut.
    findings : DataFrame
        By the contract FINDINGS, of the whole cut.
    study : mapping
        `statistics.small_cell_below` of the study file.

    Returns
    -------
    DataFrame
        By the contract PICTURE. Completeness and conformance have one row a column, plausibility one a rule.
    """
    rules = {r.id: r for r in (catalogue or of_study(study)).rules}
    rows = _by_centre(profile[profile["measure"] == "rows"], ["table"])
    given = _by_centre(profile[profile["measure"] == "given"], ["table", "column"])
    unread = _by_centre(profile[profile["measure"] == "unreadable"], ["table", "column"])
    columns = pd.DataFrame(
        [(t.name, c.name) for t in REGISTRY.values() for c in t.columns if c.name != "record_id"],
        columns=["table", "column"],
    )
    fields = rows.merge(columns, on="table").rename(columns={"n": "rows"})
    fields = fields[fields["column"] != "patient_id"].reset_index(drop=True)
    by = ["table", "column", "centre"]
    has, bad = _matched(fields, given, by), _matched(fields, unread, by)
    asked, missing = (
        _matched(fields, _by_centre(profile[profile["measure"] == m], ["table", "column"]), by)
        for m in ("asked", "missing")
    )
    broken = _failed(findings, [r for r in rules.values() if r.kind in ("allowed", "reference", "unique")], "column")
    complete = fields.assign(
        category="completeness", item=fields["column"], checked=asked, failed=np.maximum(missing - bad, 0)
    )
    complete = complete[complete["checked"] > 0]
    conform_ = fields.assign(
        category="conformance", item=fields["column"], checked=has + bad, failed=bad + _matched(fields, broken, by)
    )
    clinical = pd.DataFrame([(r.table, r.id) for r in rules.values() if r.kind in PLAUSIBLE], columns=["table", "item"])
    plausible = rows.merge(clinical, on="table").rename(columns={"n": "checked"})
    failed = _failed(findings, [r for r in rules.values() if r.kind in PLAUSIBLE], "item")
    plausible = plausible.assign(
        category="plausibility", failed=_matched(plausible, failed, ["table", "item", "centre"])
    )
    wanted = ["category", "table", "item", "centre", "checked", "failed"]
    whole = pd.concat([complete[wanted], conform_[wanted], plausible[wanted]], ignore_index=True)
    return conform(_few_hidden(whole, "checked", "failed", study).sort_values(list(PICTURE.key)), PICTURE)


def _failed(findings: pd.DataFrame, rules: list[Any], name: str) -> pd.DataFrame:
    """Return how many rows fail any of the rules, by table, column or rule, and centre."""
    about = pd.DataFrame([(r.id, r.id if name == "item" else r.columns[0]) for r in rules], columns=["rule", name])
    found = findings[["table", "rule", "record_id", "centre"]].merge(about, on="rule")
    found = found.drop_duplicates(["table", name, "record_id"]).assign(n=1)
    found["centre"] = found["centre"].fillna("unassigned")
    return _by_centre(found, ["table", name]) if len(found) else found[["table", name, "centre", "n"]]


def _few_hidden(rows: pd.DataFrame, base: str, part: str, study: Mapping[str, Any]) -> pd.DataFrame:
    """Return rows with the percentage, and without numbers where a centre has too few to show."""
    least = study["statistics"]["small_cell_below"]
    few = rows["centre"].notna().to_numpy() & (rows[base].to_numpy() < least)
    none = ~few & (rows[base].to_numpy() == 0)
    counted = rows[base].where(rows[base] > 0).astype("float64")
    percent = (100 * rows[part] / counted).mask(few)
    reason = np.full(len(rows), None, dtype=object)
    reason[none], reason[few] = "nothing to look at", f"fewer than {least} to show"
    return rows.assign(
        **{base: rows[base].astype("Int64").mask(few), part: rows[part].astype("Int64").mask(few)},
        percent=percent.astype("float64"), reason=reason,
    )  # fmt: skip


def preferences(profile: pd.DataFrame, study: Mapping[str, Any]) -> pd.DataFrame:
    """Return digit preference of sizes and heaping of dates, by column and centre.

    Parameters
    ----------
    profile : DataFrame
        By the contract PROFILE, of the whole cut.

    Returns
    -------
    DataFrame
        By the contract PREFERENCES. Sizes: last digit of the size in whole millimetres; 0 and 5 make up 20 % of sizes
        nobody rounds. Dates: the 1st and the 15th make up 6.57 % of days.
    """
    parts = []
    for kind, (measure, places) in MEASURE.items():
        counts = profile[profile["measure"] == measure]
        rows = _by_centre(counts, ["table", "column"])
        at = _by_centre(counts[counts["value"].isin(places)], ["table", "column"])
        rows = rows.assign(kind=kind, preferred=_matched(rows, at, ["table", "column", "centre"]))
        parts.append(rows.assign(expected_percent=EXPECTED[kind]))
    whole = pd.concat(parts, ignore_index=True)
    shown = _few_hidden(whole, "n", "preferred", study)
    shown["whipple"] = 100 * shown["percent"] / shown["expected_percent"]
    return conform(shown.sort_values(list(PREFERENCES.key)), PREFERENCES)


def value_places(profile: pd.DataFrame, study: Mapping[str, Any]) -> pd.DataFrame:
    """Return how often each last digit of sizes and each day of dates stands in the whole registry, by column.

    Days are expected as often as months have them over 400 years: the 31st in 7 of 12. A count of fewer values than
    `statistics.small_cell_below` is not shown.

    Returns
    -------
    DataFrame
        By the contract VALUE_PLACES; every digit and day of a column that has any value.
    """
    parts = []
    for kind, (measure, _) in MEASURE.items():
        counts = profile[profile["measure"] == measure]
        counts = counts.assign(place=pd.to_numeric(counts["value"]).astype("int64"))
        every = pd.DataFrame({"place": np.arange(10) if kind == "digits" else np.arange(1, 32)})
        seen = counts.groupby(["table", "column", "place"], as_index=False, sort=True)[["n"]].sum()
        rows = seen[["table", "column"]].drop_duplicates().merge(every, how="cross")
        rows = rows.merge(seen, on=["table", "column", "place"], how="left")
        expected = np.full(len(rows), 10.0)
        if kind == "days":
            days = rows["place"].to_numpy()
            # In 4,800 months: all have a 28th, 4,497 a 29th, 4,400 a 30th, 2,800 a 31st, of 146,097 days.
            expected = 100 * np.select([days <= 28, days == 29, days == 30], [4800, 4497, 4400], 2800) / 146_097
        parts.append(rows.assign(kind=kind, expected_percent=expected))
    whole = pd.concat(parts, ignore_index=True)
    n = whole["n"].fillna(0).astype("Int64")
    few = (n > 0) & (n < study["statistics"]["small_cell_below"])
    return conform(whole.assign(n=n.mask(few)).sort_values(list(VALUE_PLACES.key)), VALUE_PLACES)


def centre_findings(picture: pd.DataFrame, preferences: pd.DataFrame, study: Mapping[str, Any]) -> pd.DataFrame:
    """Return what the values of a centre, or of the registry, fail together.

    A column that is missing, rounded or heaped over the limit in the whole registry is one finding of the registry;
    else each centre over the limit is one. Fewer values than `quality.centre_min_values` decide nothing.

    Returns
    -------
    DataFrame
        By the contract CENTRE_FINDINGS.
    """
    quality = study["quality"]
    gaps = picture[picture["category"] == "completeness"].rename(columns={"item": "column", "checked": "n"})
    optional = pd.MultiIndex.from_tuples(
        (t.name, c.name) for t in REGISTRY.values() for c in t.columns if not c.required
    )
    gaps = gaps[pd.MultiIndex.from_frame(gaps[["table", "column"]]).isin(optional)]
    asked = (
        ("registry.missing_values", gaps, quality["centre_missing_percent"],
         "{percent:.0f} % of {table}.{column} are missing{where} ({n} rows); at most {limit:g} % are expected"),
        ("registry.digit_preference", preferences[preferences["kind"] == "digits"], quality["digit_preference_percent"],
         "{percent:.0f} % of {table}.{column} end in 0 or 5 mm{where} ({n} sizes; 20 % without rounding);"
         " at most {limit:g} % are expected"),
        ("registry.date_heaping", preferences[preferences["kind"] == "days"], quality["date_heaping_percent"],
         "{percent:.0f} % of {table}.{column} are the 1st or the 15th of a month{where} ({n} dates;"
         " 7 % by chance); at most {limit:g} % are expected"),
    )  # fmt: skip
    parts = []
    for rule, rows, limit, words in asked:
        if limit is None:
            continue
        over = rows[(rows["n"].fillna(0) >= quality["centre_min_values"]) & (rows["percent"] > limit)]
        whole = _key(over[over["centre"].isna()], ["table", "column"])
        over = over[over["centre"].isna() | ~_key(over, ["table", "column"]).isin(whole)]
        over = over.assign(rule=rule, severity="warning", limit=float(limit))
        over["message"] = [
            words.format(
                percent=r["percent"], table=r["table"], column=str(r["column"]).removesuffix("_um"), n=int(r["n"]),
                limit=limit, where="" if pd.isna(r["centre"]) else f" in centre {r['centre']}",
            )
            for r in over.to_dict("records")
        ]  # fmt: skip
        parts.append(over)
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    if found.empty:
        return empty(CENTRE_FINDINGS)
    keys = found[["rule", "table", "column", "centre"]].astype(object).where(lambda f: f.notna(), "*")
    found["finding_id"] = [hashlib.sha256("|".join(k).encode()).hexdigest()[:16] for k in keys.itertuples(index=False)]
    return conform(found.sort_values(list(CENTRE_FINDINGS.key)), CENTRE_FINDINGS)
