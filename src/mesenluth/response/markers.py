"""Tumour markers: no complete response while one that was elevated at baseline is not normal (RECIST 1.1, 4.3.3).

RECIST counts markers with the non-targets. Here they only ever withhold a complete response: where the non-targets are
gone, or where there are none and the targets are gone, an elevated marker makes the non-target response
NON-CR/NON-PD, one that was not measured in the window makes it NE. Markers alone are never progression, and a normal
marker gives no response to anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import ConfigurationError
from ..tables.registry import MARKERS
from .arrays import NO_DATE, Bools, Ints, days, position, strings, take, text
from .readings import Readers
from .recist import CR, NE, NON, NONE
from .rules import CODE
from .sentences import each, join
from .settings import choice
from .timepoints import Timepoints

NORMAL, NOT_NORMAL, NOT_MEASURED = range(3)
"""State of the markers at a time point; NORMAL also where none was elevated at baseline."""
AT_BASELINE = {"chromogranin_a": "cga_xuln", "5_hiaa": "hiaa_xuln"}
"""Marker -> column of the patients table that gives it at baseline where no measurement does."""
NAMES = {"chromogranin_a": "Chromogranin A", "5_hiaa": "5-HIAA", "nse": "NSE"}
_WITHHELD = {
    "overall.pr.nontarget_persists": "overall.pr.marker_not_normal",
    "overall.pr.nontarget_not_evaluated": "overall.pr.marker_not_measured",
    "nontarget_only.non_cr_non_pd": "nontarget_only.marker_not_normal",
    "nontarget_only.ne": "nontarget_only.marker_not_measured",
}
"""Rule that a non-target response of its kind gives -> rule to name where a marker made it that."""


@dataclass(frozen=True)
class Markers:
    """The state of the markers at each time point, and what it rests on in words (missing where NORMAL)."""

    state: Ints
    words: pa.Array

    def withhold(self, target: Ints, nontarget: Ints) -> tuple[Ints, Bools]:
        """Return the non-target response with the markers in it, and where they changed it."""
        open_ = (nontarget == CR) | ((nontarget == NONE) & (target == CR))
        changed = open_ & (self.state != NORMAL)
        return np.where(changed, np.where(self.state == NOT_NORMAL, NON, NE), nontarget), changed

    @staticmethod
    def rule(rule: Ints, changed: Bools) -> Ints:
        """Return the rule that decided, which names the markers where they did."""
        for plain, withheld in _WITHHELD.items():
            rule = np.where(changed & (rule == CODE[plain]), CODE[withheld], rule)
        return rule

    def explain(self, frame: pd.DataFrame, rows: Ints) -> pd.DataFrame:
        """Return TIMEPOINT_RESPONSES with the markers in the sentence where they decided.

        Parameters
        ----------
        frame : DataFrame
            Rows of time points.
        rows : array of int
            The time point of each row.
        """
        told = frame["rule"].isin(list(_WITHHELD.values())).to_numpy(dtype=bool)
        if not told.any():
            return frame
        said = strings(frame["sentence"])
        longer = join(said, " ", take(self.words, rows), ".")
        return frame.assign(sentence=text(pc.if_else(pa.array(told), pc.coalesce(longer, said), said)).array)


def _window(response: Mapping[str, Any], key: str) -> tuple[int, int]:
    if key not in response:
        raise ConfigurationError(f"response.{key} is missing", "the key, as in config.yaml")
    low, high = response[key]
    return int(low), int(high)


def marker_states(
    tables: Mapping[str, pd.DataFrame], response: Mapping[str, Any], readers: Readers, timepoints: Timepoints
) -> Markers | None:
    """Return the state of the markers at every time point; None where the study does not ask for them.

    A marker is asked to be normal if its value at baseline is above the laboratory's upper limit: the last one in
    `marker_baseline_days` around day 0, or, for chromogranin A and 5-HIAA, the one of the patients table where there is
    no such measurement. At a time point the last value in `marker_window_days` counts, from the first scan to the last
    one of the time point; of two of one day the higher multiple. At the limit is normal. A measurement without its
    upper limit is none. One marker above the limit is enough; else one that was not measured makes the markers not
    evaluable.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Registry tables `markers` and `patients`; read only where the study asks for markers.
    response : mapping
        The study's section `response`.
    readers, timepoints
        As `readings` and `timepoints` make them.
    """
    if not choice(response, "require_marker_normalisation", "response", (False, True)):
        return None
    wanted = list(response.get("markers", ()))
    known = MARKERS.column("marker").allowed
    if not wanted or not set(wanted) <= set(known):
        raise ConfigurationError(f"response.markers: {wanted!r}", f"some of {', '.join(known)}")
    early, window = _window(response, "marker_baseline_days"), _window(response, "marker_window_days")
    found = _measured(tables["markers"], readers.patients, wanted)
    size, kinds = len(readers.patients), len(wanted)
    origin = np.full(size, NO_DATE, np.int64)
    origin[readers.patient] = readers.origin
    every = np.arange(size * kinds)
    zero = origin[every // kinds]
    dated = zero != NO_DATE
    zero = np.where(dated, zero, 0)
    first = np.where(dated, found.last(every, zero + early[0], zero + early[1]), -1)
    multiple = np.where(first >= 0, np.nan, _of_patients(tables, readers.patients, wanted))
    elevated = np.where(first >= 0, found.high(first), multiple > 1)
    before = pc.if_else(pa.array(first >= 0), found.words(first), join(_plain(multiple), " times the upper limit"))

    whose = readers.patient[timepoints.reader]
    state = np.zeros(len(whose), np.int64)
    parts: list[pa.Array] = []
    for i, name in enumerate(wanted):
        rows = np.flatnonzero(elevated[whose * kinds + i] & (timepoints.rank > 0))
        series = whose[rows] * kinds + i
        at = found.last(series, timepoints.first[rows] + window[0], timepoints.last[rows] + window[1])
        mine = np.select([found.high(at), at < 0], [NOT_NORMAL, NOT_MEASURED], NORMAL)
        state[rows] = np.select(
            [(mine == NOT_NORMAL) | (state[rows] == NOT_NORMAL), mine == NOT_MEASURED], [NOT_NORMAL, NOT_MEASURED],
            state[rows],
        )  # fmt: skip
        now = pc.if_else(pa.array(at >= 0), found.words(at), "not measured")
        said = join(f"{NAMES.get(name, name.replace('_', ' '))} ", now, ", at baseline ", take(before, series))
        spread = np.full(len(whose), -1, np.int64)
        spread[rows[mine != NORMAL]] = np.flatnonzero(mine != NORMAL)
        parts.append(take(said, spread))
    none = pa.scalar("", pa.large_string())
    words = pc.utf8_slice_codeunits(join(*(pc.coalesce(join("; ", p), none) for p in parts)), 2)
    return Markers(state, words)


def applies(response: Mapping[str, Any], whole_patient: bool) -> bool:
    """Return whether the markers count in a series: a marker cannot be attributed to a compartment."""
    scope = choice(response, "marker_scope", "response", ("whole_patient", "every_compartment"))
    return whole_patient or scope == "every_compartment"


def _plain(values: np.ndarray) -> pa.Array:
    return each(np.nan_to_num(values), "{:g}".format)


@dataclass(frozen=True)
class _Measured:
    """Measurements asked for that have an upper limit, sorted by series (patient and marker), day and multiple."""

    series: Ints
    day: Ints
    value: np.ndarray
    limit: np.ndarray

    def high(self, at: Ints) -> Bools:
        """Return whether each measurement is above its limit; false for -1."""
        return (at >= 0) & np.r_[self.value > self.limit, False][at]

    def words(self, at: Ints) -> pa.Array:
        """Return each measurement in words; what -1 gives is to be replaced."""
        value, limit = np.r_[self.value, 0][at], np.r_[self.limit, 0][at]
        return join(_plain(value), " (upper limit ", _plain(limit), ")")

    def last(self, asked: Ints, low: Ints, high: Ints) -> Ints:
        """Return the last measurement of each series asked for between two days, both included; -1 for none."""
        if not len(self.series) or not len(asked):
            return np.full(len(asked), -1, np.int64)
        base = min(int(self.day.min()), int(low.min()), int(high.min()))
        span = max(int(self.day.max()), int(low.max()), int(high.max())) - base + 2
        key = self.series * span + (self.day - base)
        at = np.searchsorted(key, asked * span + (high - base), side="right") - 1
        place = np.maximum(at, 0)
        return np.where((at >= 0) & (self.series[place] == asked) & (self.day[place] >= low), at, -1)


def _measured(markers: pd.DataFrame, patients: pa.Array, wanted: list[str]) -> _Measured:
    patient = position(strings(markers["patient_id"]), patients)
    marker = position(strings(markers["marker"]), strings(wanted))
    day = days(markers["marker_date"])
    value, limit = (markers[c].to_numpy(dtype=np.float64, na_value=np.nan) for c in ("value", "upper_limit"))
    keep = (patient >= 0) & (marker >= 0) & (day != NO_DATE) & ~np.isnan(value) & ~np.isnan(limit)
    series, day, value, limit = (v[keep] for v in (patient * len(wanted) + marker, day, value, limit))
    order = np.lexsort((value / limit, day, series))
    return _Measured(series[order], day[order], value[order], limit[order])


def _of_patients(tables: Mapping[str, pd.DataFrame], patients: pa.Array, wanted: list[str]) -> np.ndarray:
    """Return the baseline values that the patients table gives, missing where it gives none."""
    out = np.full((len(patients), len(wanted)), np.nan)
    table = tables.get("patients")
    if table is not None and len(patients):
        who = position(strings(table["patient_id"]), patients)
        for i, name in enumerate(wanted):
            if name in AT_BASELINE:
                out[who[who >= 0], i] = table[AT_BASELINE[name]].to_numpy(dtype=np.float64)[who >= 0]
    return out.reshape(-1)
