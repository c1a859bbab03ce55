"""ADRS: responses at time points and best responses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..tables.io import STRING, conform
from . import parameters as p
from .contracts import ADRS, RESPONSE_CODES
from .parameters import Parameter
from .subjects import number, relative_day, upper, with_subject, yes, yes_no
from .tumours import evaluator_columns, series_codes, visit

Tables = Mapping[str, pd.DataFrame]
Study = Mapping[str, Any]


def _known(study: Study, readers: Mapping[str, str]) -> tuple[list[Parameter], dict[str, dict[tuple[str, str], str]]]:
    """Return every parameter of responses, and for each stem the code of a compartment and evaluator."""
    codes, labels = p.compartment_codes(study), p.compartment_labels(study)
    known: list[Parameter] = []
    code: dict[str, dict[tuple[str, str], str]] = {}
    for evaluator, reader in readers.items():
        for compartment, letters in codes.items():
            for stem, (name, category) in p.RESPONSES.items():
                full = f"{stem}{letters}{reader}"
                code.setdefault(stem, {})[compartment, evaluator] = full
                words = p.in_words(name, labels[compartment], p.terms(evaluator))
                known.append(Parameter(full, words, category, labels[compartment], p.terms(evaluator)))
    return known, code


def _records(rows: pd.DataFrame, stem: str, code: Mapping[tuple[str, str], str], values: pd.Series) -> pd.DataFrame:
    """Return records of one parameter of each series, where there is a value."""
    frame = pd.DataFrame(
        {
            "USUBJID": rows["patient_id"],
            "PARAMCD": series_codes(rows, code),
            "COMPART": upper(rows["compartment"]),
            **evaluator_columns(rows["evaluator"], "RS"),
            "AVALC": values,
        }
    )
    numbers = {"N": 0, "Y": 1} if stem == "NEWL" else RESPONSE_CODES
    frame["AVAL"] = frame["AVALC"].map(numbers).astype("Int64")
    return frame


def adrs(tables: Tables, study: Study, subjects: pd.DataFrame, readers: Mapping[str, str]) -> pd.DataFrame:
    """Return ADRS: overall, target, non-target and new-lesion response of every time point; BOR and CBOR of a series.

    Parameters
    ----------
    tables : mapping of DataFrame
        timepoint_responses, best_responses.
    subjects : DataFrame
        ADSL.
    readers : mapping of str to str
        Evaluator -> its character in PARAMCD.
    """
    known, code = _known(study, readers)
    points, best = tables["timepoint_responses"], tables["best_responses"]
    values = {
        "OVR": points["overall_response"],
        "TRG": points["target_response"],
        "NTRG": points["nontarget_response"],
        "NEWL": yes_no(points["new_lesion"]),
    }
    nothing = pd.Series(pd.NaT, index=best.index, dtype="datetime64[us]")
    blank = pd.Series(None, index=best.index, dtype=STRING)
    parts = []
    for stem, responses in values.items():
        part = _records(points, stem, code[stem], responses).assign(
            ADT=points["progression_date"].fillna(points["response_date"]),
            AVISITN=points["timepoint"].astype("Int64"),
            VISIT=points["assessment"],
            ASMSDT=points["assessment_date"],
            ASMEDT=points["last_date"],
            ANL01FL=yes(points["counted"]),
            RULE=points["rule"] if stem == "OVR" else None,
        )
        parts.append(part[responses.notna().to_numpy()])
    for stem, column in (("BOR", "best_response"), ("CBOR", "confirmed_response")):
        parts.append(
            _records(best, stem, code[stem], best[column]).assign(
                ADT=best[f"{column}_date"],
                AVISITN=pd.Series(pd.NA, index=best.index, dtype="Int64"),
                VISIT=blank,
                ASMSDT=nothing,
                ASMEDT=nothing,
                ANL01FL="Y",
                RULE=best["rule"] if stem == "BOR" else None,
            )
        )
    frame = pd.concat([part.astype({"ANL01FL": STRING, "RULE": STRING}) for part in parts], ignore_index=True)
    frame = with_subject(p.attach(frame, known), subjects)
    frame["ADY"] = relative_day(frame["ADT"], frame["TRTSDT"])
    frame["AVISIT"] = visit(frame["AVISITN"])
    return conform(number(frame, ADRS.key), ADRS.table)
