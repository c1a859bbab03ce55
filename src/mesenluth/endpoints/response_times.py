"""When a response came: the time to it, of everybody, with what ends the waiting."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from ..tables.io import STRING
from .censoring import Rules, end_of_time


def time_to_response(series: pd.DataFrame, assessments: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Say for each series when the response came, or when and why the waiting for it ended.

    Parameters
    ----------
    series : DataFrame
        As for `censoring.end_of_time`, and `response`: day of the first response that counts, missing where none does.
    assessments : DataFrame
        As for `censoring.end_of_time`.
    rules : Rules
        What is said of death holds for progression too, after which no response counts: under ``censor`` (and
        ``event``, neither is a response) it censors on its day, under ``competing`` it competes. A new therapy
        censors, or is ignored; a gap does not matter, for a response is seen on a scan.

    Returns
    -------
    DataFrame
        As `censoring.end_of_time`; the event is the reason code ``response``.
    """
    waiting = replace(
        rules,
        death="competing" if rules.death == "competing" else "censor",
        new_therapy="ignore" if rules.new_therapy == "ignore" else "censor_at_last_adequate",
        max_gap_days=None,
    )
    ends = end_of_time(series, assessments, waiting)
    response = pd.to_numeric(series["response"]).to_numpy(dtype=float, na_value=np.nan)
    end, status = ends["day"].to_numpy(), ends["status"].to_numpy(dtype=object)
    # A series that is free up to a day was assessed on it: no response that counts lies later.
    responded = (response >= 0) & (response <= end)
    end = np.where(responded, response, end).astype(np.int64)
    progressed = "competing" if waiting.death == "competing" else "censored"
    status = np.where(status == "event", progressed, status)
    reason = np.where(responded, "response", ends["reason_code"].to_numpy(dtype=object))
    return ends.assign(
        day=end,
        status=pd.array(np.where(responded, "event", status), dtype=STRING),
        reason_code=pd.array(reason, dtype=STRING),
        free_until=np.nan,
    )
