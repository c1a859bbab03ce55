"""Recorded global clinical assessments beside what the symptoms of the same day say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..tables.io import conform, empty
from ..tables.registry import CLINICAL_VALUES
from ..tables.results import DISAGREEMENTS
from .arrays import strings, take, text
from .clinical import compared
from .reasons import CLINICAL_REASONS
from .sentences import join


def clinical_disagreements(
    responses: pd.DataFrame, symptoms: pd.DataFrame, included: pd.DataFrame, settings: Mapping[str, Any]
) -> pd.DataFrame:
    """Compare each recorded global clinical assessment with the symptoms that count on the same day.

    Some better and none worse is IMPROVED, some worse and none better WORSENED, anything else UNCHANGED.

    Parameters
    ----------
    responses, symptoms : DataFrame
        Registry tables; of the recorded responses only those of the kind `clinical` are read, whoever reads the images.
    included : DataFrame
        Patients analysed: patient_id, origin_date.
    settings : mapping
        The study's section `clinical`: which symptoms count, and when one has improved.

    Returns
    -------
    DataFrame
        Contract DISAGREEMENTS, one row an assessment of an included patient.
    """
    wanted = (responses["kind"] == "clinical") & responses["patient_id"].isin(included["patient_id"])
    rows = responses[wanted.fillna(False).to_numpy(dtype=bool)]
    rows = rows.sort_values(["patient_id", "evaluator", "response_id"], kind="stable", ignore_index=True)
    if rows.empty:
        return empty(DISAGREEMENTS)
    found = compared(symptoms, included, settings)
    at = rows[["patient_id", "response_date"]].merge(
        included[["patient_id", "origin_date"]], on="patient_id", how="left"
    )
    at["day"] = (at["response_date"] - at["origin_date"]).dt.days.astype("float64")
    at = at.merge(found.visits.astype({"day": "float64"}), on=["patient_id", "day"], how="left")
    better, worse = ((at[c].fillna(0) > 0).to_numpy() for c in ("improved", "worsened"))
    known = at["improved"].notna().to_numpy() & rows["patient_id"].isin(found.asked).to_numpy(dtype=bool)
    derived = take(strings(list(CLINICAL_VALUES)), np.select([~known, better & ~worse, worse & ~better], [-1, 0, 2], 1))
    recorded = strings(rows["response"])
    same = pc.equal(recorded, derived).fill_null(False).to_numpy(zero_copy_only=False)
    again = rows.duplicated(["patient_id", "evaluator", "response_date"]) & rows["response_date"].notna()
    tests = {
        "duplicate_record": again.to_numpy(dtype=bool),
        "clinical_value_unknown": ~rows["response"].isin(CLINICAL_VALUES).to_numpy(dtype=bool),
        "clinical_no_symptoms": ~known,
        "agrees": same,
        "clinical_better_and_worse": better & worse,
        "clinical_grades_unchanged": ~better & ~worse,
    }
    order = [*tests, "clinical_grades_differ"]
    which = np.select(list(tests.values()), range(len(tests)), len(tests))
    unknown = pa.scalar("unknown", pa.large_string())
    sentence = join(
        "Recorded ", pc.coalesce(recorded, unknown), ", computed ", pc.coalesce(derived, unknown), ". ",
        take(strings([CLINICAL_REASONS[r] for r in order]), which),
    )  # fmt: skip
    frame = rows.rename(columns={"response": "recorded"}).assign(
        derived=text(derived).array,
        agrees=same,
        derived_date=rows["response_date"].where(known),
        days_apart=pd.Series(0, index=rows.index, dtype="Int64").where(known),
        reason=text(take(strings(order), which)).array,
        sentence=text(sentence).array,
    )
    # Symptoms belong to a day, not to a time point; nothing is computed again.
    return conform(frame.reindex(columns=DISAGREEMENTS.column_names), DISAGREEMENTS)
