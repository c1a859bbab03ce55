"""The registry's readings as arrays: who read which lesion on which scan, and what each reading says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..reuse import reusable
from ..tables.registry import MEASUREMENTS
from .arrays import FAR, Bools, Ints, days, position, sorted_unique, strings, take
from .compartments import assign, axes
from .settings import Criteria

TARGET, NONTARGET, NEW = 0, 1, 2
ROLES = ("target", "nontarget", "new")
NOT_KNOWN, GONE, PRESENT, PROGRESSION = 0, 1, 2, 3
"""What a reading says of the disease at a place: nothing, none left, some, unequivocally more."""
STATUS = {name: i for i, name in enumerate(MEASUREMENTS.column("status").allowed)}
MERGED = "merged"
"""Status of a lesion that cannot be told apart from another any more; no reader writes it."""
TREATED = "treated_locally"
"""Status of a lesion that was operated on, or treated locally, after baseline; no reader writes it."""


@dataclass(frozen=True)
class Lesions:
    """Lesions of the analysed patients and evaluators, sorted by reader (patient x evaluator) and name.

    `parent` and `survivor` are positions of the lesion this one is a fragment of, or has merged into; -1 if none.
    `astray` are fragments of a lesion that the reader does not follow in the patient. `labels` are the names with the
    site in brackets, `places` the site as it stands before a reason; without a site the name alone, and nothing.
    """

    ids: pa.Array
    records: pa.Array
    reader: Ints
    role: Ints
    nodal: Bools
    compartment: Ints
    by_short_axis: Bools
    as_node: Bools
    parent: Ints
    survivor: Ints
    merged_day: Ints
    astray: Bools
    labels: pa.Array
    places: pa.Array


@dataclass(frozen=True)
class Readers:
    """Pairs of a patient and an evaluator who followed lesions of that patient, sorted by both names."""

    patients: pa.Array
    evaluators: pa.Array
    patient: Ints
    evaluator: Ints
    origin: Ints


@dataclass(frozen=True)
class Readings:
    """Readings, one element each: positions of lesion, reader and scan, and what the reading says.

    `diameter` is micrometres along the axis that counts, -1 where there is none; `state` one of NOT_KNOWN, GONE,
    PRESENT, PROGRESSION.
    """

    ids: pa.Array
    records: pa.Array
    lesion: Ints
    scan: Ints
    day: Ints
    status: Ints
    diameter: Ints
    imputed: Bools
    state: Ints


def analysed(evaluators: pa.Array, wanted: Sequence[str]) -> Bools:
    """Return whose readings are analysed: those of `wanted`, or all of them if it is empty."""
    if not wanted:
        return np.ones(len(evaluators), bool)
    return position(evaluators, strings(list(wanted))) >= 0


@reusable
def read_lesions(
    lesions: pd.DataFrame,
    patients: pa.Array,
    origin: Ints,
    compartments: Sequence[Mapping[str, Any]],
    wanted: Sequence[str],
) -> tuple[Lesions, Readers]:
    """Place the lesions of the analysed patients and evaluators.

    Parameters
    ----------
    lesions : DataFrame
        Registry table.
    patients : Arrow array
        Analysed patients, sorted.
    origin : array of int
        Day 0 of each.
    compartments : sequence of mapping
        The study's compartments.
    wanted : sequence of str
        Evaluators analysed; empty for all.
    """
    who, readers_name = position(strings(lesions["patient_id"]), patients), strings(lesions["evaluator"])
    keep = (who >= 0) & analysed(readers_name, wanted)
    lesions = lesions[keep]
    ids, readers_name, who = strings(lesions["lesion_id"]), strings(lesions["evaluator"]), who[keep]
    evaluators = sorted_unique(readers_name)
    pair = who * max(len(evaluators), 1) + position(readers_name, evaluators)
    order = np.lexsort((_rank(ids), pair))
    lesions, ids, pair = lesions.iloc[order], ids.take(pa.array(order)), pair[order]
    distinct, reader = np.unique(pair, return_inverse=True)
    who, by = distinct // max(len(evaluators), 1), distinct % max(len(evaluators), 1)

    parent = _linked(lesions["split_from"], ids, reader)
    root = _root(parent)
    parent = np.where(root < 0, -1, parent)
    root = np.where(root < 0, np.arange(len(root)), root)
    role = position(strings(lesions["role"]), strings(list(ROLES)))[root]
    place = assign(lesions, compartments)[root]
    nodal = lesions["nodal"].to_numpy(dtype=bool)
    by_short_axis, as_node = axes(place, nodal, compartments)
    site = pc.replace_substring(strings(lesions["site"]), "_", " ")
    found = Lesions(
        ids=ids,
        records=strings(lesions["record_id"]),
        reader=reader,
        role=role,
        nodal=nodal,
        compartment=place,
        by_short_axis=by_short_axis,
        as_node=as_node,
        parent=parent,
        survivor=_linked(lesions["merged_into"], ids, reader),
        merged_day=days(lesions["merged_date"]),
        astray=lesions["split_from"].notna().to_numpy() & (parent < 0),
        labels=pc.coalesce(pc.binary_join_element_wise(ids, _text(" ("), site, _text(")"), _text("")), ids),
        places=pc.coalesce(pc.binary_join_element_wise(site, _text(", "), _text("")), _text("")),
    )
    return found, Readers(patients, evaluators, who, by, origin[who])


def _text(words: str) -> pa.Scalar:
    return pa.scalar(words, pa.large_string())


def _rank(values: pa.Array) -> Ints:
    order = pc.sort_indices(values).to_numpy()
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank


def _linked(names: pd.Series, ids: pa.Array, reader: Ints) -> Ints:
    """Return the lesion each one names, if the same evaluator follows it in the same patient."""
    linked = position(strings(names), ids)
    itself = linked == np.arange(len(linked))
    same = reader[linked] == reader if len(linked) else np.zeros(0, bool)
    return np.where((linked >= 0) & same & ~itself, linked, -1)


def _root(parent: Ints) -> Ints:
    """Return the lesion that each fragment was at first, itself if it is none; -1 where links go in a circle."""
    root = np.where(parent < 0, np.arange(len(parent)), parent)
    for _ in range(max(int((parent >= 0).sum()), 1).bit_length() + 1):
        root = root[root]
    return np.where((parent >= 0) & (parent[root] >= 0), -1, root)


@reusable
def read_measurements(
    measurements: pd.DataFrame, scans: pd.DataFrame, lesions: Lesions, readers: Readers, criteria: Criteria
) -> tuple[Readings, pd.DataFrame]:
    """Say of each reading of an analysed lesion what it tells.

    A reading without the axis that counts is not evaluable, even where the other diameter stands there; one that is
    too small to measure and has no size counts `too_small_mm` (RECIST 1.1, 4.3.2).

    Returns
    -------
    Readings, and the scans of the analysed patients with `patient` (position) and `day`.
    """
    who = position(strings(scans["patient_id"]), readers.patients)
    scans = scans[who >= 0].assign(patient=who[who >= 0])
    scans = scans.assign(day=days(scans["scan_date"]))
    lesion = position(strings(measurements["lesion_id"]), lesions.ids)
    some = lesion >= 0
    measurements, lesion = measurements[some], lesion[some]
    scan = position(strings(measurements["scan_id"]), strings(scans["scan_id"]))
    same = scan >= 0
    same[same] = scans["patient"].to_numpy()[scan[same]] == readers.patient[lesions.reader[lesion[same]]]
    measurements, lesion, scan = measurements[same], lesion[same], scan[same]

    status = position(strings(measurements["status"]), strings(list(STATUS)))
    longest, short = (
        measurements[c].fillna(-1).to_numpy(dtype=np.int64) for c in ("longest_diameter_um", "short_axis_um")
    )
    node = lesions.as_node[lesion]
    stated = np.where(lesions.by_short_axis[lesion], short, longest)
    absent, unseen = status == STATUS["absent"], status == STATUS["not_evaluable"]
    tiny = (status == STATUS["too_small"]) & (stated < 0)
    diameter = np.select([absent, unseen, tiny], [0, -1, criteria.too_small_um], stated)
    normal = node & (diameter >= 0) & (diameter < criteria.node_normal_um)
    unsized = node & (status == STATUS["measured"]) & (diameter < 0)
    more = status == STATUS["unequivocal_progression"]
    state = np.select([unseen | unsized, more, absent | normal], [NOT_KNOWN, PROGRESSION, GONE], PRESENT)
    found = Readings(
        ids=strings(measurements["measurement_id"]),
        records=strings(measurements["record_id"]),
        lesion=lesion,
        scan=scan,
        day=scans["day"].to_numpy()[scan],
        status=status,
        diameter=diameter,
        imputed=absent | tiny,
        state=state,
    )
    return found, scans


@dataclass(frozen=True)
class Grid:
    """Every lesion at every time point of its reader, the baseline included, in the order of lesions and dates.

    `reading` is the position of the reading used, -1 where the lesion was not assessed. `due` says whether the lesion
    takes part at the time point, `absorbed` whether it has merged into `survivor` by then.
    """

    start: Ints
    lesion: Ints
    timepoint: Ints
    reading: Ints
    status: Ints
    diameter: Ints
    imputed: Bools
    state: Ints
    day: Ints
    due: Bools
    absorbed: Bools
    survivor: Ints


@reusable
def lay_out(lesions: Lesions, readings: Readings, timepoint: Ints, first: Ints, length: Ints, rank: Ints) -> Grid:
    """Lay the readings out by lesion and time point.

    Where a lesion was read twice at one time point, the worst evaluable reading counts; at the baseline the last one.

    Parameters
    ----------
    timepoint : array of int
        Time point of each reading, -1 if it belongs to none.
    first, length : arrays of int
        First time point of each reader, and how many there are.
    rank : array of int
        Rank of each time point, 0 the baseline.
    """
    rows = length[lesions.reader] if len(lesions.reader) else np.zeros(0, np.int64)
    start = np.concatenate([[0], np.cumsum(rows)]).astype(np.int64)
    lesion = np.repeat(np.arange(len(rows)), rows)
    at = np.arange(start[-1]) - start[lesion] + first[lesions.reader[lesion]]
    used = np.flatnonzero(timepoint >= 0)
    owner = readings.lesion[used]
    row = start[owner] + timepoint[used] - first[lesions.reader[owner]]
    used, row = _one_each(used, row, readings, rank[timepoint[used]] == 0, int(start[-1]))
    reading = np.full(start[-1], -1, np.int64)
    reading[row] = used

    def spread(values: np.ndarray, gap: Any) -> np.ndarray:
        out = np.full(start[-1], gap, values.dtype)
        out[row] = values[used]
        return out

    return Grid(
        start=start,
        lesion=lesion,
        timepoint=at,
        reading=reading,
        status=spread(readings.status, -1),
        diameter=spread(readings.diameter, -1),
        imputed=spread(readings.imputed, False),
        state=spread(readings.state, NOT_KNOWN),
        day=spread(readings.day, FAR),
        due=np.ones(start[-1], bool),
        absorbed=np.zeros(start[-1], bool),
        survivor=np.full(start[-1], -1, np.int64),
    )


def _one_each(used: Ints, row: Ints, readings: Readings, baseline: Bools, size: int) -> tuple[Ints, Ints]:
    several = np.bincount(row, minlength=size)[row] > 1
    if not several.any():
        return used, row
    again = np.flatnonzero(several)
    r = used[again]
    visible = (readings.state[r] >= PRESENT).astype(np.int64)
    order = np.lexsort(
        (
            _rank(take(readings.ids, r)),
            readings.status[r] != STATUS["equivocal"],
            np.maximum(readings.diameter[r], visible),
            readings.state[r] == PROGRESSION,
            np.where(baseline[again], readings.day[r], 0),
            readings.status[r] != STATUS["not_evaluable"],
            row[again],
        )
    )
    again = again[order]
    last = np.r_[row[again][1:] != row[again][:-1], True]
    keep = np.concatenate([np.flatnonzero(~several), again[last]])
    return used[keep], row[keep]
