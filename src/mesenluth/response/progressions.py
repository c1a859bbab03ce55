"""The first recorded progression of each patient beside the first computed one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..tables.io import conform, empty
from ..tables.results import PROGRESSION_DISAGREEMENTS
from .reasons import PROGRESSION_REASONS, REASONS, VERDICTS
from .recounts import SERIES
from .settings import WHOLE_PATIENT


def progression_disagreements(compared: pd.DataFrame, timepoints: pd.DataFrame) -> pd.DataFrame:
    """Return the first recorded and the first computed progression of each patient and evaluator with records.

    Whatever the computed best response counts, the first progression at any time point is compared: a record does not
    know of other therapies.

    Parameters
    ----------
    compared : DataFrame
        Contract DISAGREEMENTS.
    timepoints : DataFrame
        Contract TIMEPOINT_RESPONSES.

    Returns
    -------
    DataFrame
        Contract PROGRESSION_DISAGREEMENTS. The reason is that of the first recorded overall response that differs and
        is PD on one side; where no record differs, one of `PROGRESSION_REASONS`.
    """
    overall = compared[(compared["kind"] == "overall").to_numpy(dtype=bool)]
    overall = overall[~overall["reason"].isin(["duplicate_record", "recorded_value_unknown"]).to_numpy(dtype=bool)]
    if overall.empty:
        return empty(PROGRESSION_DISAGREEMENTS)
    points = timepoints[(timepoints["compartment"] == WHOLE_PATIENT).to_numpy(dtype=bool)]
    dates = overall[[*SERIES, "timepoint"]].merge(
        points[[*SERIES, "timepoint", "assessment_date"]], on=[*SERIES, "timepoint"], how="left"
    )["assessment_date"]
    at = overall["response_date"].reset_index(drop=True)
    overall = overall.reset_index(drop=True).assign(at=at.where(at.notna(), dates))
    frame = overall[SERIES].drop_duplicates().sort_values(SERIES, ignore_index=True)
    progressed = overall[(overall["recorded"] == "PD").fillna(False).to_numpy(dtype=bool)]
    recorded = progressed.sort_values([*SERIES, "at"], kind="stable").drop_duplicates(SERIES)
    computed = points[points["progression_date"].notna()]
    computed = computed.sort_values([*SERIES, "progression_date", "timepoint"], kind="stable").drop_duplicates(SERIES)
    frame = frame.merge(
        recorded[[*SERIES, "at", "timepoint"]].rename(columns={"at": "recorded_date", "timepoint": "recorded_at"}),
        on=SERIES, how="left",
    ).merge(
        computed[[*SERIES, "progression_date", "timepoint"]].rename(
            columns={"progression_date": "derived_date", "timepoint": "derived_at"}
        ),
        on=SERIES, how="left",
    )  # fmt: skip
    against = overall[(~overall["agrees"]).to_numpy(dtype=bool)]
    recorded_pd, computed_pd = (
        (against[c] == "PD").fillna(False).to_numpy(dtype=bool) for c in ("recorded", "derived")
    )
    against = against[recorded_pd ^ computed_pd].sort_values([*SERIES, "at"], kind="stable")
    first = against.drop_duplicates(SERIES)[[*SERIES, "reason"]]
    frame = frame.merge(first, on=SERIES, how="left")
    return conform(_judged(frame), PROGRESSION_DISAGREEMENTS)


def _judged(frame: pd.DataFrame) -> pd.DataFrame:
    recorded, computed = frame["recorded_date"].notna(), frame["derived_date"].notna()
    same = (frame["recorded_date"] == frame["derived_date"]).to_numpy(dtype=bool)
    tests = [~recorded & ~computed, same, recorded & computed, recorded]
    verdict = np.select(
        [np.asarray(t, dtype=bool) for t in tests], ["none", "same_date", "other_date", "recorded_only"],
        "computed_only",
    ).astype(object)  # fmt: skip
    same_place = (frame["recorded_at"] == frame["derived_at"]).fillna(False).to_numpy(dtype=bool)
    own = np.where(same_place, "date_convention", "not_recorded")
    reason = frame["reason"].astype(object).where(frame["reason"].notna(), own)
    reason = reason.mask(np.isin(verdict, ["none", "same_date"]), "agrees")
    words = reason.map({**REASONS, **PROGRESSION_REASONS})
    return frame.assign(
        days_apart=(frame["recorded_date"] - frame["derived_date"]).dt.days.astype("Int64"),
        verdict=verdict,
        reason=reason,
        sentence=pd.Series(verdict).map(VERDICTS) + (" " + words).mask(reason == "agrees", ""),
    )
