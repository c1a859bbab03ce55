"""The rows in quarantine: which rule put each of them there, and which can be put back as they stand."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..quality.catalogue import Catalogue, load
from ..quality.judged import among, places
from ..tables.registry import REGISTRY

FOLLOWS = " which is itself in quarantine "
UNREAD = {"patients": {"centre": "unassigned"}}
"""Required columns that no endpoint is computed from: without a value the row can be put back."""


def quarantined(
    delivered: Mapping[str, pd.DataFrame], findings: pd.DataFrame, catalogue: Catalogue | None = None
) -> dict[str, pd.DataFrame]:
    """Return the rows in quarantine of every table, each with the rule that it is there for.

    Parameters
    ----------
    delivered : mapping of str to DataFrame
        By `tables.extracted.extracted`; rows that are not in quarantine are left out.
    findings : DataFrame
        By the contract FINDINGS.
    catalogue : Catalogue, optional
        Rules; those of the package if not given.

    Returns
    -------
    dict of str to DataFrame
        Rows with `rule`: the first error that validation found in the row; of a row that follows another one, the rule
        of that other row. And with `whole`: whether the row can be analysed as it stands. It cannot where a value is
        missing, could not be read or is none of those allowed. Cells that a warning empties are empty.
    """
    rules = catalogue or load()
    about = {r.id: r for r in rules.rules}
    out = findings[findings["disposition"] == "quarantined"]
    # In the order in which validation judges; a rule of a study's own is a clinical one.
    kind = out["rule"].map({r: rule.kind for r, rule in about.items()}).fillna("check")
    follows = out["message"].str.contains(FOLLOWS, regex=False).to_numpy(dtype=bool)
    stage = kind.map({"readable": 0, "reference": 2, "condition": 3, "check": 3}).fillna(1).mask(follows, 4)
    place = out["rule"].map({r: i for i, r in enumerate(rules.ids)}).fillna(len(rules.ids))
    out = out.assign(kind=kind, follows=follows, stage=stage.astype("int64"), place=place)
    spoilt = out[(out["severity"] == "error") & out["kind"].isin(["readable", "required", "allowed", "range"])]
    errors = out[out["severity"] == "error"].sort_values(["stage", "place"], kind="stable")
    first = errors.drop_duplicates(["table", "record_id"])
    rows = {}
    for name in REGISTRY:
        mine = first[first["table"] == name].set_index("record_id")
        frame = delivered[name]
        frame = frame[among(frame["record_id"], mine.index.to_series())].reset_index(drop=True)
        cause = mine.loc[frame["record_id"]]
        own = spoilt[spoilt["table"] == name]
        for column, value in UNREAD.get(name, {}).items():
            own = own[~((own["columns"] == column) & (own["kind"] == "required"))]
            frame = frame.assign(**{column: frame[column].fillna(value)})
        emptied = out[(out["table"] == name) & (out["severity"] != "error") & out["kind"].isin(["allowed", "range"])]
        for name_, cells in emptied.groupby("columns"):
            frame[str(name_)] = frame[str(name_)].mask(among(frame["record_id"], cells["record_id"]))
        rows[name] = frame.assign(
            rule=cause["rule"].to_numpy(dtype=object),
            column=cause["columns"].astype(object).where(cause["follows"], None).to_numpy(),
            whole=~among(frame["record_id"], own["record_id"]),
        )
    return _rooted(rows)


def _rooted(rows: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Give rows that follow another one the rule of that row. Tables come before those that refer to them."""
    for name, table in REGISTRY.items():
        frame = rows[name]
        rule, follows = frame["rule"].to_numpy(dtype=object), frame["column"]
        for column, reference in table.references.items():
            target, key = reference.split(".")
            parents = rows[target].sort_values("record_id").dropna(subset=[key]).drop_duplicates(key)
            at = places(frame[column], parents[key])
            at = np.where((follows == column).to_numpy(dtype=bool), at, -1)
            rule = np.where(at >= 0, parents["rule"].to_numpy(dtype=object)[at], rule) if len(parents) else rule
        rows[name] = frame.drop(columns="column").assign(rule=rule)
    return rows


def put_back(accepted: Mapping[str, pd.DataFrame], rows: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the rows in quarantine that can be put back, each beside those of its own rule alone.

    A row can be put back if it can be analysed as it stands, if what it refers to is accepted or put back with it, and
    if no accepted row has its key; of several rows that share a key and the rule the first by `record_id` is.

    Parameters
    ----------
    accepted : mapping of str to DataFrame
        Rows that may be analysed, by the contracts of the registry.
    rows : mapping of str to DataFrame
        As `quarantined` returns them.
    """
    back: dict[str, pd.DataFrame] = {}
    for name, table in REGISTRY.items():
        (key,) = table.key
        frame = rows[name]
        required = [c.name for c in table.columns if c.required]
        fits = frame["whole"].to_numpy(dtype=bool) & frame[required].notna().all(axis=1).to_numpy()
        fits &= ~among(frame[key], accepted[name][key])
        for column, reference in table.references.items():
            target, other = reference.split(".")
            together = among(_with_rule(frame, column), _with_rule(back[target], other))
            fits &= frame[column].isna().to_numpy() | among(frame[column], accepted[target][other]) | together
        frame = frame[fits].sort_values("record_id", kind="stable")
        back[name] = frame.drop_duplicates(["rule", key]).reset_index(drop=True)
    return back


def _with_rule(frame: pd.DataFrame, column: str) -> pd.Series:
    """Return names that are the same only within a rule."""
    return (frame["rule"].astype(object) + "|" + frame[column].astype(object)).astype(frame[column].dtype)
