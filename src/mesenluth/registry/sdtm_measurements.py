"""SDTM's TR records to readings: one row a lesion and scan, from its sizes and its state."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from ..tables.io import STRING
from .sdtm_terms import ABSENT, MEASURED, NOT_DONE, STATE_OF_KNOWN, STATE_OF_NEW, STATUS, length_unit
from .sdtm_text import finish, join, matches

SIZES = ("DIAMETER", "LDIAM", "LPERP")
STATE = "TUMSTATE"
NUMBER = r"\d+(?:[.]\d+)?"
ZERO = r"0+(?:[.]0+)?"


def measurements(tr: pd.DataFrame, tu: pd.DataFrame, name: str, diameter: str, notes: list[str]) -> pd.DataFrame:
    """Return the table of measurements, and add to `notes` what was repeated, rounded or unknown.

    Parameters
    ----------
    tr : DataFrame
        Records about single lesions, with patient, lesion and scan.
    tu : DataFrame
        Identifications, with lesion, role and node.
    name : str
        Name of the data set, for `source_table`.
    diameter : str
        ``recorded`` or ``by_site``: see `sdtm_tables.canonical`.
    """
    reading = ["patient", "lesion", "scan"]
    tr = tr.assign(value=tr["TRSTRESC"].where(tr["TRSTRESC"].notna(), tr["TRSTAT"]))
    same = tr.duplicated([*reading, "TRTESTCD", "value", "TRSTRESU"])
    if same.any():
        notes.append(f"TR: {int(same.sum())} records repeat another of the same lesion, scan and test; read once")
    tr = tr[~same]
    # Records that contradict each other become readings of their own: validation sees two, and says so.
    tr = tr.assign(copy=tr.groupby([*reading, "TRTESTCD"], dropna=False).cumcount())
    grain = [*reading, "copy"]
    tr = tr.assign(text=_lengths(tr, notes))
    words = tr[tr["text"].isna() & tr["value"].notna()]
    # A state says more than that a size was not taken.
    words = words.assign(last=words["value"] == NOT_DONE, rest=words["TRTESTCD"] != STATE)
    words = words.sort_values(["last", "rest"], kind="stable").drop_duplicates(grain)
    out = tr[grain].drop_duplicates(ignore_index=True)
    out = out.merge(words[[*grain, "value"]].rename(columns={"value": "state"}), how="left", on=grain)
    records = []
    for test in (*SIZES, STATE):
        one = tr.loc[tr["TRTESTCD"] == test, [*grain, "text", "TRSEQ"]]
        out = out.merge(one.rename(columns={"text": test, "TRSEQ": f"{test}_SEQ"}), how="left", on=grain)
        records.append(out[f"{test}_SEQ"])
    out["sequences"] = _listed(records)
    about = tu.drop_duplicates("lesion").set_index("lesion")
    out["status"], out["long"], out["short"] = _read(
        out,
        out["lesion"].isin(about.index[about["node"]]),
        out["lesion"].map(about["role"]).astype(STRING),
        diameter,
        notes,
    )
    first = out["sequences"].str.split(",").str[0]
    table = pd.DataFrame(
        {
            "measurement_id": join(out["patient"], first),
            "patient_id": out["patient"],
            "lesion_id": out["lesion"],
            "scan_id": out["scan"],
            "status": out["status"],
            "longest_diameter_um": out["long"],
            "short_axis_um": out["short"],
        }
    )
    return finish(table, name, join(out["patient"], out["sequences"]))


def _lengths(tr: pd.DataFrame, notes: list[str]) -> pd.Series:
    """Return the length of each record of a size, as text in the unit of all; missing where there is no number.

    A number in another unit, or in none, keeps that as part of its text and so cannot be read as a length. Digits
    finer than a micrometre are rounded, half to even: no scan resolves them, they come from calculation.
    """
    number = tr["TRTESTCD"].isin(SIZES) & matches(tr["value"], NUMBER)
    unit = length_unit(tr["TRSTRESU"])
    decimals = 4 if unit == "cm" else 3
    text = tr["value"].where(number)
    fine = matches(text, rf"\d+[.]\d{{{decimals},}}[1-9]\d*")
    if fine.any():
        exact = text[fine].map(lambda t: str(Decimal(t).quantize(Decimal(1).scaleb(-decimals)))).astype(STRING)
        text = text.mask(fine, exact)
        notes.append(f"TR: {int(fine.sum())} lengths finer than a micrometre, rounded to it, half to even")
    odd = number & (tr["TRSTRESU"].fillna("").str.lower() != unit)
    return text.mask(odd, text + " " + tr["TRSTRESU"].fillna("(no unit)"))


def _listed(records: list[pd.Series]) -> pd.Series:
    """Return the sequence numbers of the records behind a row, separated by commas."""
    listed = pd.Series("", index=records[0].index, dtype=STRING)
    for record in records:
        listed = listed + ("," + record).fillna("")
    return listed.str.slice(1)


def _read(
    rows: pd.DataFrame, node: pd.Series, role: pd.Series, diameter: str, notes: list[str]
) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Return status, longest diameter and short axis of each reading, as text."""
    by_site = rows["LPERP"].where(node, rows["LDIAM"])
    ahead, then = (rows["DIAMETER"], by_site) if diameter == "recorded" else (by_site, rows["DIAMETER"])
    chosen = ahead.where(ahead.notna(), then)
    both = rows["DIAMETER"].notna() & by_site.notna()
    differ = both & (pd.to_numeric(rows["DIAMETER"], errors="coerce") != pd.to_numeric(by_site, errors="coerce"))
    if differ.any():
        notes.append(
            f"DIAMETER is not the axis that the lesion's site asks for in {int(differ.sum())} of {int(both.sum())}"
            f" readings (diameter: {diameter})"
        )
    long, short = rows["LDIAM"].where(node, chosen), chosen.where(node, rows["LPERP"])
    zero = {name: matches(values, ZERO) for name, values in (("long", long), ("short", short), ("chosen", chosen))}
    gone = zero["chosen"] | (chosen.isna() & (zero["long"] | zero["short"]))
    long, short = long.mask(zero["long"]), short.mask(zero["short"])
    sized = long.notna() | short.notna()
    state = rows["state"]
    fresh = role == "NEW"
    named = state.map(STATE_OF_NEW).astype(STRING).where(fresh, state.map(STATE_OF_KNOWN).astype(STRING))
    state = state.where(named.isna(), named)
    # A size beside "present" is a measurement; beside any other state both are kept, and validation judges them.
    status = state.mask(state.isna() & gone, ABSENT)
    status = status.mask((status.isna() | (state == "PRESENT")) & sized, MEASURED)
    unknown = status[status.notna() & ~status.isin(list(STATUS))].value_counts().sort_index()
    notes += [f"tumour state {text!r} is no known term, {n} readings" for text, n in unknown.items()]
    return status, long, short
