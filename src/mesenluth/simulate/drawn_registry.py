"""Write a drawn registry: one SQLite table for each table of the pipeline that it fills, columns named alike."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .drawn import PER_ORGAN, Course, Part, People, course, parts, people

NODE_ASPECT, LESION_ASPECT = 0.7, 0.8
"""Short axis over longest diameter."""
SMALLEST = 5.0
"""mm; smaller ones are not told apart from what was measured (RECIST 1.1, 4.3.2)."""
NOISE = 0.015
"""Standard deviation of one reading of one lesion, as a share of its size."""


def generate(study: Mapping[str, Any], path: str | Path) -> dict[str, int]:
    """Write the registry of a study of kind ``drawn``; the same study gives the same rows.

    Returns
    -------
    dict of str to int
        Rows by table.

    Raises
    ------
    ConfigurationError
        If what is to be drawn does not fit the study's compartments.
    """
    source = study["source"]
    settings = source["drawn"]
    rng, more = (np.random.Generator(np.random.PCG64(s)) for s in np.random.SeedSequence(source["seed"]).spawn(2))
    compartments, who = parts(study), people(rng, study)
    days = np.arange(0, settings["accrual_days"][1] + 1, settings["assessment_days"])
    rise = study["response"]["pd_increase_percent"] / 100
    tables = {"patients": _patients(more, study, who), "administrations": _administrations(study, who)}
    found = []
    for part in compartments:
        lesions, sums = _lesions(rng, part, who, study)
        found.append((part, lesions, course(rng, part, len(who), days, sums, rise)))
    scans, at = _scans(rng, study, who, days, found)
    tables["scans"] = scans
    tables["lesions"], tables["measurements"] = _readings(rng, who, found, at)
    tables["therapies"] = _therapies(rng, study, who, days, found)
    tables["follow_up"] = _follow_up(who)
    _write(Path(path), tables)
    return {name: len(rows) for name, rows in tables.items()}


def _dates(who: People, patient: np.ndarray, day: np.ndarray) -> np.ndarray:
    return np.datetime_as_string(who.day_0[patient] + day.astype(int), unit="D").astype(object)


def _patients(rng: np.random.Generator, study: Mapping[str, Any], who: People) -> pd.DataFrame:
    count, settings = len(who), study["source"]["drawn"]
    everybody = np.arange(count)
    before = rng.integers(20, 900, count)
    age = np.clip(rng.normal(settings["age_mean"], 10, count), 19, 92).astype(int)
    sites = settings["primary_sites"]
    share = np.array([float(p) for p in sites.values()])
    centres = int(study["source"]["centres"])
    return pd.DataFrame(
        {
            "patient_id": who.names,
            "centre": [f"C{c + 1:02d}" for c in rng.integers(0, centres, count)],
            "sex": rng.choice(np.array(["F", "M"], dtype=object), count),
            "birth_year": who.day_0.astype("datetime64[Y]").astype(int) + 1970 - age,
            "diagnosis_date": _dates(who, everybody, -before),
            "registration_date": _dates(who, everybody, -rng.integers(1, 20, count)),
            "primary_site": rng.choice(np.array(list(sites), dtype=object), count, p=share / share.sum()),
            "stage": "metastatic",
            "ecog": rng.choice([0, 1, 2], count, p=[0.4, 0.45, 0.15]),
            "prior_lines": rng.choice([0, 1, 2, 3], count, p=[0.55, 0.25, 0.15, 0.05]),
        }
    )


def _administrations(study: Mapping[str, Any], who: People) -> pd.DataFrame:
    settings = study["source"]["drawn"]
    patient, cycle = np.divmod(np.arange(len(who) * settings["cycles"]), settings["cycles"])
    day = cycle * settings["cycle_days"]
    given = day < np.maximum(who.end[patient], 1)
    patient, cycle, day = patient[given], cycle[given], day[given]
    return pd.DataFrame(
        {
            "administration_id": [f"A{i + 1:06d}" for i in range(len(patient))],
            "patient_id": who.names[patient],
            "cycle_number": cycle + 1,
            "administration_date": _dates(who, patient, day),
            "product": settings["product"],
        }
    )


def _lesions(
    rng: np.random.Generator, part: Part, who: People, study: Mapping[str, Any]
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the lesions at baseline of every patient as if the compartment were present, and the sums of targets."""
    drawn, response = part.drawn, study["response"]
    low, high = drawn["lesions"]
    number = rng.integers(low, high + 1, len(who))
    patient = np.repeat(np.arange(len(who)), number)
    site = rng.choice(len(part.sites), len(patient), p=part.sites["share"] / part.sites["share"].sum())
    lesions = pd.DataFrame({"patient": patient, "site": site})
    lesions["nodal"] = part.sites["nodal"].to_numpy(bool)[site]
    lesions["organ"] = part.sites["organ"].to_numpy(object)[site]
    size = drawn["size_median_mm"] * np.exp(rng.normal(0, 0.35, len(lesions)))
    least = np.where(lesions["nodal"], response["measurable_node_mm"] + 2.0, response["measurable_mm"] + 2.0)
    lesions["size"] = np.clip(np.maximum(size, least), None, 120).round(1)
    measurable = lesions["organ"] != "bone"
    rank = lesions[measurable].groupby(["patient", "organ"]).cumcount().reindex(lesions.index, fill_value=PER_ORGAN)
    in_all = (rank < PER_ORGAN).groupby(lesions["patient"]).cumsum()
    lesions["target"] = (rank < PER_ORGAN) & (in_all <= response["max_targets"])
    sums = lesions["size"].where(lesions["target"], 0.0).groupby(lesions["patient"]).sum()
    return lesions, sums.reindex(range(len(who)), fill_value=0.0).to_numpy()


Found = list[tuple[Part, pd.DataFrame, Course]]


def _scans(
    rng: np.random.Generator, study: Mapping[str, Any], who: People, days: np.ndarray, found: Found
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the scans, and of each compartment, patient and assessment the scan that shows it."""
    kinds = list(dict.fromkeys((part.drawn["modality"], part.drawn["body_region"]) for part, _, _ in found))
    patient, k = np.divmod(np.arange(len(who) * len(days)), len(days))
    day = np.where(k == 0, -rng.integers(1, 22, len(k)), days[k] + rng.integers(-4, 5, len(k)))
    keep = (day < who.end[patient] - 4) | (k == 0)
    patient, k, day = patient[keep], k[keep], day[keep]
    frames = []
    for i, (modality, region) in enumerate(kinds):
        later = rng.integers(0, 4, len(k)) if i else np.zeros(len(k), int)
        frames.append(
            pd.DataFrame({
                "patient": patient, "k": k, "kind": i, "day": np.where(k, day + later, np.minimum(day + later, -1)),
                "modality": modality, "body_region": region,
            })
        )  # fmt: skip
    scans = pd.concat(frames).sort_values(["patient", "k", "kind"], ignore_index=True)
    scans["scan_id"] = [f"S{i + 1:06d}" for i in range(len(scans))]
    table = pd.DataFrame(
        {
            "scan_id": scans["scan_id"],
            "patient_id": who.names[scans["patient"]],
            "scan_date": _dates(who, scans["patient"].to_numpy(), scans["day"].to_numpy()),
            "assessment": [f"T{k:02d}" for k in scans["k"]],
            "modality": scans["modality"],
            "slice_thickness_mm": np.where(scans["modality"] == "MRI", "1", "2.5"),
            "contrast": "yes",
            "body_region": scans["body_region"],
        }
    )
    shows = pd.DataFrame({
        "place": [p.place for p, _, _ in found],
        "kind": [kinds.index((p.drawn["modality"], p.drawn["body_region"])) for p, _, _ in found],
    })  # fmt: skip
    return table, scans.merge(shows, on="kind")[["place", "patient", "k", "scan_id"]]


def _readings(
    rng: np.random.Generator, who: People, found: Found, at: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    frames = []
    for part, drawn, courses in found:
        there = drawn[courses.present[drawn["patient"]]]
        role = np.where(there["target"], "target", "nontarget")
        frames.append(there.assign(place=part.place, role=role, first=0))
        fresh = np.flatnonzero(courses.present & (courses.by == "new"))
        site = rng.choice(len(part.sites), len(fresh), p=part.sites["share"] / part.sites["share"].sum())
        frames.append(
            pd.DataFrame({
                "patient": fresh, "site": site, "nodal": part.sites["nodal"].to_numpy(bool)[site],
                "organ": part.sites["organ"].to_numpy(object)[site], "size": rng.uniform(8, 16, len(fresh)).round(1),
                "target": False, "place": part.place, "role": "new", "first": courses.progression[fresh],
            })
        )  # fmt: skip
    lesions = pd.concat(frames).sort_values(["patient", "place", "first"], kind="stable", ignore_index=True)
    lesions["site_name"] = ""
    for part, _, _ in found:
        mine = lesions["place"] == part.place
        lesions.loc[mine, "site_name"] = part.sites["site"].to_numpy(object)[lesions.loc[mine, "site"]]
    lesions["lesion_id"] = [f"L{i + 1:06d}" for i in range(len(lesions))]
    read = lesions.merge(at, on=["place", "patient"])
    read = read[read["k"] >= read["first"]].reset_index(drop=True)
    # A new lesion that no scan showed any more was never recorded.
    lesions = lesions[lesions["lesion_id"].isin(read["lesion_id"])]
    table = pd.DataFrame({
        "lesion_id": lesions["lesion_id"], "patient_id": who.names[lesions["patient"]], "role": lesions["role"],
        "site": lesions["site_name"], "organ": lesions["organ"], "nodal": np.where(lesions["nodal"], "yes", "no"),
    })  # fmt: skip
    return table, _measured(rng, who, found, read)


def _measured(rng: np.random.Generator, who: People, found: Found, read: pd.DataFrame) -> pd.DataFrame:
    """Return what was read of each lesion on each scan that shows it."""
    ratio, unread, complete = np.ones(len(read)), np.zeros(len(read), bool), np.zeros(len(read), bool)
    for part, _, courses in found:
        rows = np.flatnonzero(read["place"] == part.place)
        patient, k = read["patient"].to_numpy()[rows], read["k"].to_numpy()[rows]
        ratio[rows] = courses.ratio[patient, k]
        complete[rows] = (courses.response[patient] == "CR") & (k >= 2)
        unread[rows] = (rng.random(len(rows)) * 100 < part.drawn["not_evaluable_percent"]) & (k > 0)
    role = read["role"].to_numpy()
    spread = np.where(read["k"] == 0, 1, 1 + rng.normal(0, NOISE, len(read)))
    grown = np.where(role == "new", 1.06 ** (read["k"] - read["first"]), ratio)
    counted = np.maximum(read["size"].to_numpy() * grown * spread, SMALLEST).round(1)
    sized = ((role == "target") | ((role == "new") & (read["organ"] != "bone").to_numpy())) & ~unread
    gone = complete & (role != "new")
    status = np.select([unread, gone, sized], ["not_evaluable", "absent", "measured"], "present")
    nodal = read["nodal"].to_numpy(bool)
    longest = np.where(nodal, counted / NODE_ASPECT, counted)
    short = np.where(nodal, counted, counted * LESION_ASPECT)
    measured = status == "measured"

    def text(values: np.ndarray) -> np.ndarray:
        return np.where(measured, np.char.mod("%.1f", np.round(values, 1)), "").astype(object)

    return pd.DataFrame(
        {
            "measurement_id": [f"M{i + 1:07d}" for i in range(len(read))],
            "patient_id": who.names[read["patient"]],
            "lesion_id": read["lesion_id"],
            "scan_id": read["scan_id"],
            "status": status,
            "longest_diameter_mm": text(longest),
            "short_axis_mm": text(short),
        }
    )


def _therapies(
    rng: np.random.Generator, study: Mapping[str, Any], who: People, days: np.ndarray, found: Found
) -> pd.DataFrame:
    """Return the next therapies: some time after the first progression of a compartment that is there."""
    last = len(days)
    first = np.min([np.where(c.present, c.progression, last) for _, _, c in found], axis=0)
    wanted = rng.random(len(who)) * 100 < study["source"]["drawn"]["next_therapy_percent"]
    day = days[np.minimum(first, last - 1)] + rng.integers(20, 200, len(who))
    patient = np.flatnonzero(wanted & (first < last) & (day < who.end))
    return pd.DataFrame(
        {
            "therapy_id": [f"N{i + 1:05d}" for i in range(len(patient))],
            "patient_id": who.names[patient],
            "type": study["source"]["drawn"]["next_therapy"],
            "start_date": _dates(who, patient, day[patient]),
            "intent": "anticancer",
        }
    )


def _follow_up(who: People) -> pd.DataFrame:
    status = np.where(who.death <= who.end, "dead", np.where(who.lost <= who.end, "lost", "alive"))
    everybody = np.arange(len(who))
    return pd.DataFrame(
        {
            "follow_up_id": [f"F{i + 1:05d}" for i in everybody],
            "patient_id": who.names,
            "follow_up_date": _dates(who, everybody, who.end),
            "vital_status": status,
            "cause_of_death": np.where(status == "dead", "disease", ""),
        }
    )


def _write(path: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write the database beside its place and rename it: it appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    beside.unlink(missing_ok=True)
    try:
        connection = sqlite3.connect(beside)
        try:
            for name, rows in tables.items():
                columns = ", ".join(f"{c} TEXT" for c in rows.columns)
                connection.execute(f"CREATE TABLE {name} ({columns})")
                marks = ", ".join("?" * rows.shape[1])
                connection.executemany(
                    f"INSERT INTO {name} VALUES ({marks})", rows.astype(str).itertuples(index=False, name=None)
                )
            connection.commit()
        finally:
            connection.close()
        with open(beside, "rb") as stream:
            os.fsync(stream.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
