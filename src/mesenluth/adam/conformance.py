"""What every export must keep before it is written: rules of the ADaM implementation guide that data can break."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from ..errors import TableError
from .model import Dataset

NAME_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
TOLERANCE = 1e-6
REQUIRED = {
    "SUBJECT LEVEL ANALYSIS DATASET": (
        "STUDYID", "USUBJID", "SUBJID", "SITEID", "AGE", "AGEU", "SEX", "RACE", "ARM", "TRT01P",
    ),
    "BASIC DATA STRUCTURE": ("STUDYID", "USUBJID", "TRTP", "PARAM", "PARAMCD"),
}  # fmt: skip
"""Variables the guide requires of a class of data sets."""


def of_contract(dataset: Dataset) -> Iterator[str]:
    """Yield what is wrong with a contract: names, labels, lengths, required variables, flags."""
    for variable in dataset.variables:
        name = variable.name
        if not (1 <= len(name) <= 8 and name[0].isalpha() and set(name) <= set(NAME_CHARACTERS)):
            yield f"{dataset.name}.{name}: a name has 1 to 8 capitals and digits and begins with a letter"
        if not 1 <= len(variable.label) <= 40 or not variable.label.isascii():
            yield f"{dataset.name}.{name}: a label has 1 to 40 ASCII characters"
        if not 1 <= variable.length <= 200:
            yield f"{dataset.name}.{name}: a text has 1 to 200 bytes"
        if name.endswith("DT") and variable.type != "date":
            yield f"{dataset.name}.{name}: *DT is a date"
        if name.endswith("FL") and (variable.type != "text" or variable.length != 1 or not variable.codelist):
            yield f"{dataset.name}.{name}: *FL is a flag of one character with its terms"
    if len(dataset.label) > 40 or not 1 <= len(dataset.name) <= 8:
        yield f"{dataset.name}: a data set has a name of at most 8 and a label of at most 40 characters"
    for name in REQUIRED[dataset.kind]:
        if name not in dataset.names:
            yield f"{dataset.name}.{name} is required"
    if not {"AVAL", "AVALC"} & set(dataset.names) and dataset.kind == "BASIC DATA STRUCTURE":
        yield f"{dataset.name}: AVAL or AVALC is required"


def _values(frame: pd.DataFrame, dataset: Dataset) -> Iterator[str]:
    for variable in dataset.variables:
        values = frame[variable.name].dropna()
        if variable.type != "text" or not len(values):
            continue
        distinct = pd.Series(values.unique())
        if variable.codelist and not distinct.isin(variable.codelist.terms).all():
            bad = distinct[~distinct.isin(variable.codelist.terms)].iloc[0]
            yield f"{dataset.name}.{variable.name}: {bad!r} is no term of {variable.codelist.name}"
        if (distinct != distinct.str.strip()).any() or (distinct == "").any():
            yield f"{dataset.name}.{variable.name}: a text begins or ends with a blank, or is empty"
        longest = int(distinct.str.encode("utf-8").map(len).max())
        if longest > variable.length:
            yield f"{dataset.name}.{variable.name}: a text of {longest} bytes, {variable.length} are allowed"


def _one_to_one(frame: pd.DataFrame, one: str, two: str, within: list[str], where: str) -> Iterator[str]:
    pairs = frame[[*within, one, two]].dropna().drop_duplicates()
    for column, other in ((one, two), (two, one)):
        if pairs.duplicated([*within, column]).any():
            yield f"{where}: one {column} has several {other}"


def _differs(left: pd.Series, right: pd.Series) -> bool:
    both = left.notna() & right.notna()
    return bool((np.abs(left[both].astype(float) - right[both].astype(float)) > TOLERANCE).any())


def _basic(frame: pd.DataFrame, dataset: Dataset) -> Iterator[str]:
    where = dataset.name
    yield from _one_to_one(frame, "PARAM", "PARAMCD", [], where)
    yield from _one_to_one(frame, "PARAM", "PARAMN", [], where)
    for category in ("PARCAT1", "PARCAT2", "PARCAT3"):
        if frame.groupby("PARAMCD")[category].nunique().gt(1).any():
            yield f"{where}: one PARAM has several {category}"
    if "AVALC" in frame:
        yield from _one_to_one(frame, "AVAL", "AVALC", ["PARAMCD"], where)
    if "AVISIT" in frame:
        yield from _one_to_one(frame, "AVISIT", "AVISITN", ["PARAMCD"], where)
    if frame.duplicated(["USUBJID", "ASEQ"]).any():
        yield f"{where}: ASEQ is not unique within a subject"
    day = (frame["ADT"] - frame["TRTSDT"]).dt.days.astype("float64")
    if "ADY" in frame and _differs(frame["ADY"], day + (day >= 0)):
        yield f"{where}: ADY is not ADT - TRTSDT, plus 1 from TRTSDT on"


def _changes(frame: pd.DataFrame, where: str) -> Iterator[str]:
    if _differs(frame["CHG"], frame["AVAL"] - frame["BASE"]):
        yield f"{where}: CHG is not AVAL - BASE"
    base = frame["BASE"].mask(frame["BASE"] == 0)
    if _differs(frame["PCHG"], 100 * frame["CHG"] / base):
        yield f"{where}: PCHG is not 100 * CHG / BASE"
    flagged = frame[frame["ABLFL"] == "Y"]
    if flagged["AVAL"].isna().any() or _differs(flagged["BASE"], flagged["AVAL"]):
        yield f"{where}: BASE is not AVAL where ABLFL is Y"
    if flagged.duplicated(["USUBJID", "PARAMCD"]).any():
        yield f"{where}: a subject has several baseline records of a parameter"
    if frame.groupby(["USUBJID", "PARAMCD"])["BASE"].nunique().gt(1).any():
        yield f"{where}: a subject has several BASE of a parameter"
    based = frame.loc[frame["BASE"].notna(), ["USUBJID", "PARAMCD"]].drop_duplicates()
    if len(based.merge(flagged[["USUBJID", "PARAMCD"]], on=["USUBJID", "PARAMCD"])) < len(based):
        yield f"{where}: BASE without a record of ABLFL Y"


def _times(frame: pd.DataFrame, where: str) -> Iterator[str]:
    if (frame["CNSR"] < 0).any():
        yield f"{where}: CNSR is negative"
    if (frame["ADT"] < frame["STARTDT"]).any():
        yield f"{where}: ADT lies before STARTDT"
    if frame.loc[frame["CNSR"] == 0, "CNSDTDSC"].notna().any():
        yield f"{where}: CNSDTDSC of an event"
    if frame.loc[frame["SRCDOM"].isna(), ["SRCVAR", "SRCSEQ"]].notna().any(axis=None):
        yield f"{where}: SRCVAR or SRCSEQ without SRCDOM"


def problems(frames: Mapping[str, pd.DataFrame], datasets: Mapping[str, Dataset]) -> list[str]:
    """Return every rule that the exports break, in words; an empty list where they keep all.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        By the names of `contracts.DATASETS`.
    """
    found: list[str] = []
    subjects = frames["adsl"]
    for name, frame in frames.items():
        dataset = datasets[name]
        found += [*of_contract(dataset), *_values(frame, dataset)]
        if not set(frame["USUBJID"]) <= set(subjects["USUBJID"]):
            found.append(f"{dataset.name}: a subject that is not in ADSL")
        if dataset.kind == "BASIC DATA STRUCTURE":
            found += _basic(frame, dataset)
    found += [*_changes(frames["adtr"], "ADTR"), *_times(frames["adtte"], "ADTTE")]
    died = subjects["DTHFL"].eq("Y").fillna(False) != subjects["DTHDT"].notna()
    if died.any():
        found.append("ADSL: DTHFL and DTHDT disagree")
    return found


def check(frames: Mapping[str, pd.DataFrame], datasets: Mapping[str, Dataset]) -> None:
    """Raise TableError if the exports break a rule, naming each."""
    found = problems(frames, datasets)
    if found:
        raise TableError(
            "ADaM exports: " + "; ".join(found),
            "data sets that keep the ADaM implementation guide",
            "mend what the message names, or set exports.adam to []",
        )
