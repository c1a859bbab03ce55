"""ADTR: diameters, states and sums of lesions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..errors import TableError
from ..tables.io import STRING, conform, pandas_type
from . import parameters as p
from .contracts import ADTR
from .parameters import Parameter
from .subjects import number, relative_day, upper, with_subject, yes, yes_no

Tables = Mapping[str, pd.DataFrame]
Study = Mapping[str, Any]
SERIES = ["patient_id", "compartment", "evaluator"]
ROLES = {"target": "TARGET", "nontarget": "NON-TARGET", "new": "NEW"}


def visit(timepoints: pd.Series) -> pd.Series:
    """Return AVISIT of time points: Baseline is 0."""
    names = "Assessment " + timepoints.astype("Int64").astype(STRING)
    return names.mask((timepoints == 0).fillna(False).astype(bool), "Baseline")


def evaluator_columns(evaluators: pd.Series, prefix: str) -> dict[str, pd.Series]:
    """Return --EVAL and --EVALID of a column of evaluators."""
    named = p.evaluator_terms(evaluators.dropna().unique())
    return {
        f"{prefix}EVAL": evaluators.map({k: v[0] for k, v in named.items()}).astype(STRING),
        f"{prefix}EVALID": evaluators.map({k: v[1] for k, v in named.items()}).astype(object).astype(STRING),
    }


def _test_code(rows: pd.DataFrame, study: Study) -> pd.Series:
    """Return TRTESTCD of lesions: which diameter of a target counts by the study's axes, or whose state it is."""
    axes = {c["id"]: c["measure_axis"] for c in study["compartments"]}
    axis = rows["compartment"].map(axes).astype(object)
    nodal, target = rows["nodal"].astype(bool), rows["role"] == "target"
    short = (axis == "short") | (nodal & ~axis.isin(["longest"]))
    code = np.select([target & short, target, nodal], ["LPERP", "LDIAM", "LNSTATE"], "TUMSTATE")
    return pd.Series(code, index=rows.index, dtype=STRING)


def _lesions(tables: Tables, study: Study, readers: Mapping[str, str]) -> tuple[pd.DataFrame, list[Parameter]]:
    """Return one record for each row of lesion_changes, and their parameters."""
    rows = tables["lesion_changes"]
    named = rows[["patient_id", "evaluator", "lesion_id"]].drop_duplicates()
    named = named.sort_values(["patient_id", "evaluator", "lesion_id"], ignore_index=True)
    named["number"] = named.groupby(["patient_id", "evaluator"]).cumcount() + 1
    if len(named) and int(named["number"].max()) > p.MOST_LESIONS:
        who = named.loc[named["number"] > p.MOST_LESIONS, "patient_id"].iloc[0]
        raise TableError(
            f"ADTR: patient {who} has more than {p.MOST_LESIONS} lesions of one evaluator",
            "no more than a parameter code of 8 characters can number",
            "check the lesions of this patient, or set exports.adam to []",
        )
    rows = rows.merge(named, on=["patient_id", "evaluator", "lesion_id"], how="left", validate="m:1")
    rows = rows.merge(tables["lesions"][["lesion_id", "site"]], on="lesion_id", how="left", validate="m:1")
    target = rows["role"] == "target"
    kinds = rows[["evaluator", "number"]].assign(target=target).drop_duplicates()
    kinds = kinds.sort_values(["evaluator", "target", "number"], ascending=[True, False, True], ignore_index=True)
    stems = np.where(kinds["target"], p.TARGET_LESION, p.OTHER_LESION)
    kinds["PARAMCD"] = [
        stem + p.lesion_number(n) + readers[e]
        for stem, n, e in zip(stems, kinds["number"], kinds["evaluator"], strict=True)
    ]
    known = [
        Parameter(
            code,
            p.in_words(f"Diameter of Lesion {n} (mm)" if is_target else f"State of Lesion {n}", "", p.terms(e)),
            "Target Lesion" if is_target else "Other Lesion",
            evaluator=p.terms(e),
        )
        for code, n, is_target, e in zip(
            kinds["PARAMCD"], kinds["number"], kinds["target"], kinds["evaluator"], strict=True
        )
    ]
    kinds["PARAMCD"] = kinds["PARAMCD"].astype(STRING)
    rows["target"] = target
    rows = rows.merge(kinds, on=["evaluator", "number", "target"], how="left", validate="m:1")
    value = rows["diameter_mm"].where(rows["target"])
    base = rows["baseline_mm"].where(rows["target"])
    later = rows["timepoint"] > 0
    state = upper(rows["status"])
    records = pd.DataFrame(
        {
            "USUBJID": rows["patient_id"],
            "PARAMCD": rows["PARAMCD"],
            "COMPART": upper(rows["compartment"]),
            **evaluator_columns(rows["evaluator"], "TR"),
            "TRTESTCD": _test_code(rows, study),
            "TRGRPID": rows["role"].map(ROLES).astype(STRING),
            "TRLNKID": rows["lesion_id"],
            "TULOC": upper(rows["site"]),
            "NODALFL": yes_no(rows["nodal"]),
            "ADT": rows["assessment_date"],
            "AVISITN": rows["timepoint"].astype("Int64"),
            "AVAL": value,
            "AVALC": state.mask(rows["target"]),
            "AVALU": pd.Series("mm", index=rows.index, dtype=STRING).where(value.notna()),
            "BASE": base,
            "CHG": (value - base).round(3).where(later),
            "PCHG": rows["change_percent"].where(later & rows["target"]),
            "ABLFL": yes((rows["timepoint"] == 0) & value.notna()),
            "ANL01FL": yes(value.notna() | ~rows["target"]),
            "TRSTATE": state,
            "LSDIAM": rows["diameter_mm"],
            "IMPUTFL": yes(rows["imputed"]),
        }
    )
    return records, known


def _sums(tables: Tables, study: Study, readers: Mapping[str, str]) -> tuple[pd.DataFrame, list[Parameter]]:
    """Return the sum of diameters of each series with targets, at baseline and each time point after it."""
    best = tables["best_responses"]
    base = best[best["baseline_mm"].notna() & (best["targets"] > 0)]
    first = pd.DataFrame(
        {
            **{c: base[c] for c in SERIES},
            "timepoint": 0,
            "ADT": base["baseline_date"],
            "AVAL": base["baseline_mm"],
            "BASE": base["baseline_mm"],
            "ABLFL": "Y",
            "complete": True,
            "NTARGET": base["targets"],
            "NTARGEV": base["targets"],
        }
    )
    rows = tables["timepoint_responses"]
    rows = rows[rows["targets"] > 0]
    later = pd.DataFrame(
        {
            **{c: rows[c] for c in SERIES},
            "timepoint": rows["timepoint"],
            "ADT": rows["last_date"],
            "AVAL": rows["sum_mm"],
            "BASE": rows["baseline_mm"],
            "CHG": rows["change_from_baseline_mm"],
            "PCHG": rows["change_from_baseline_percent"],
            "NADIR": rows["nadir_mm"],
            "CHGNAD": rows["change_from_nadir_mm"],
            "PCHGNAD": rows["change_from_nadir_percent"],
            "complete": rows["sum_complete"].fillna(False).astype(bool),
            "NTARGET": rows["targets"],
            "NTARGEV": rows["targets_evaluated"],
        }
    )
    empty = pd.DataFrame(
        {c: pd.Series(np.nan, index=first.index) for c in ("CHG", "PCHG", "NADIR", "CHGNAD", "PCHGNAD")}
    )
    first = pd.concat([first, empty], axis=1)
    later["ABLFL"] = None
    both = pd.concat([first.astype({"ABLFL": STRING}), later.astype({"ABLFL": STRING})], ignore_index=True)
    codes, labels = p.compartment_codes(study), p.compartment_labels(study)
    known, code = [], {}
    for evaluator, reader in readers.items():
        for compartment, letters in codes.items():
            full = f"{p.SUM_OF_READER if reader else p.SUM}{letters}{reader}"
            code[compartment, evaluator] = full
            known.append(
                Parameter(
                    full,
                    p.in_words("Sum of Diameters (mm)", labels[compartment], p.terms(evaluator)),
                    "Sum of Target Lesions",
                    labels[compartment],
                    p.terms(evaluator),
                )
            )
    records = both.drop(columns=[*SERIES, "timepoint", "complete"]).assign(
        USUBJID=both["patient_id"],
        PARAMCD=series_codes(both, code),
        COMPART=upper(both["compartment"]),
        **evaluator_columns(both["evaluator"], "TR"),
        TRTESTCD="SUMDIAM",
        TRGRPID="TARGET",
        AVISITN=both["timepoint"].astype("Int64"),
        AVALU=pd.Series("mm", index=both.index, dtype=STRING).where(both["AVAL"].notna()),
        ANL01FL=yes(both["AVAL"].notna() & both["complete"].astype(bool)),
    )
    return records, known


def series_codes(rows: pd.DataFrame, code: Mapping[tuple[str, str], str]) -> pd.Series:
    """Return PARAMCD of rows by their compartment and evaluator."""
    table = pd.DataFrame(
        {
            "compartment": pd.Series([c for c, _ in code], dtype=STRING),
            "evaluator": pd.Series([e for _, e in code], dtype=STRING),
            "PARAMCD": pd.Series(list(code.values()), dtype=STRING),
        }
    )
    found = rows[["compartment", "evaluator"]].merge(table, on=["compartment", "evaluator"], how="left")
    return pd.Series(found["PARAMCD"].array, index=rows.index)


def adtr(tables: Tables, study: Study, subjects: pd.DataFrame, readers: Mapping[str, str]) -> pd.DataFrame:
    """Return ADTR: every row of lesion_changes, and the sum of diameters of every series at every time point.

    Parameters
    ----------
    tables : mapping of DataFrame
        lesion_changes, timepoint_responses, best_responses; of the registry lesions.
    subjects : DataFrame
        ADSL.
    readers : mapping of str to str
        Evaluator -> its character in PARAMCD.
    """
    sums, sum_parameters = _sums(tables, study, readers)
    lesions, lesion_parameters = _lesions(tables, study, readers)
    columns = [c for c in ADTR.names if c in lesions.columns or c in sums.columns]
    types = {c: ADTR.table.column(c).type for c in columns}

    def typed(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.reindex(columns=columns).astype({c: pandas_type(t, False) for c, t in types.items()})

    frame = pd.concat([typed(sums), typed(lesions)], ignore_index=True)
    frame = with_subject(p.attach(frame, [*sum_parameters, *lesion_parameters]), subjects)
    frame["ADY"] = relative_day(frame["ADT"], frame["TRTSDT"])
    frame["AVISIT"] = visit(frame["AVISITN"])
    return conform(number(frame, ADTR.key), ADTR.table)
