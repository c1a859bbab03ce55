"""SDTM's supplemental qualifiers (SUPP--) and accepted flags (--ACPTFL)."""

from __future__ import annotations

import pandas as pd

from ..tables.io import STRING
from .sdtm_text import snake

QUALIFIERS = {"tu": ("PREVIR", "TUACPTFL"), "tr": ("TRACPTFL",), "rs": ("RSACPTFL",)}
"""Domain -> names of supplemental qualifiers that are read; what a file has besides is named and left."""

VARIABLES = (("USUBJID", "QNAM", "QVAL"), ("IDVAR", "IDVARVAL"))


def attach(rows: pd.DataFrame, supp: pd.DataFrame, domain: str, notes: list[str]) -> pd.DataFrame:
    """Return a domain with the qualifiers of its SUPP-- data set as variables.

    A qualifier belongs to the record whose variable IDVAR is IDVARVAL, or to all of its subject where IDVAR is blank.
    Two values for one record contradict each other, and neither is taken.

    Parameters
    ----------
    rows : DataFrame of `STRING`
        The domain, USUBJID included.
    supp : DataFrame of `STRING`
        USUBJID, IDVAR, IDVARVAL, QNAM, QVAL.
    """
    shown = f"SUPP{domain.upper()}"
    known = QUALIFIERS[domain]
    other = supp.loc[~supp["QNAM"].isin(known), "QNAM"].fillna("missing").value_counts().sort_index()
    notes += [f"not used: {shown} QNAM {q}, {n} rows" for q, n in other.items()]
    out = rows.copy()
    for name in known:
        asked = supp[supp["QNAM"] == name]
        if name not in out:
            out[name] = pd.Series(None, index=out.index, dtype=STRING)
        for variable, part in asked.groupby(asked["IDVAR"].fillna("")):
            on = ["USUBJID"] if not variable else ["USUBJID", str(variable)]
            if not set(on) <= set(out.columns):
                notes.append(f"not used: {shown} QNAM {name} by {variable}, {len(part)} rows: no variable that is read")
                continue
            keyed = part.rename(columns={"IDVARVAL": str(variable)}) if variable else part
            keyed = keyed[[*on, "QVAL"]].drop_duplicates()
            twice = keyed.duplicated(on, keep=False)
            if twice.any():
                notes.append(f"{shown} QNAM {name}: {int(twice.sum())} rows contradict another; neither is taken")
            found = out[on].merge(keyed[~twice], how="left", on=on)["QVAL"].set_axis(out.index)
            out[name] = out[name].where(found.isna(), found).astype(STRING)
    return out


def accepted(rows: pd.DataFrame, domain: str, notes: list[str]) -> pd.DataFrame:
    """Return a domain's records as they were accepted, where several readers of one role evaluated.

    Where any record of a role (--EVAL) carries the accepted flag, only its accepted records count, and they are one
    reader, called after the role: which of the readers was followed may differ from subject to subject.
    """
    prefix = domain.upper()
    flag = f"{prefix}ACPTFL"
    yes = (rows[flag] == "Y").fillna(False)
    role = rows[f"{prefix}EVAL"]
    judged = role.isin(role[yes].dropna().unique())
    dropped = judged & ~yes
    if dropped.any():
        notes.append(f"{prefix}: {int(dropped.sum())} records of readers that were not accepted are left out")
    out = rows[~dropped].copy()
    one = judged[~dropped]
    out["evaluator"] = out["evaluator"].mask(one, snake(role[~dropped]))
    return out
