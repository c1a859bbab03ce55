"""Checks of single records, of dates, and of the course of a patient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..tables.io import STRING
from .judged import Judged, Known, Outcome, among, contradicted, look_up, true

Settings = Mapping[str, Any]


def after_death(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail rows dated after their patient's first recorded death."""
    rows = tables[parameters["table"]]
    death = look_up(rows["patient_id"], tables.deaths)
    return Outcome((rows[parameters["date"]] > death).to_numpy(dtype=bool), {"date_of_death": death})


def alive_after_death(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail news of a living patient that are dated after a recorded death."""
    news = tables["follow_up"]
    death = look_up(news["patient_id"], tables.deaths)
    failed = (news["follow_up_date"] > death) & (news["vital_status"] == "alive")
    return Outcome(failed.to_numpy(dtype=bool), {"date_of_death": death})


def before_diagnosis(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail rows dated before their patient's diagnosis."""
    rows = tables[parameters["table"]]
    diagnosis = look_up(rows["patient_id"], tables["patients"].set_index("patient_id")["diagnosis_date"])
    failed = (rows[parameters["date"]] < diagnosis).to_numpy(dtype=bool)
    return Outcome(failed, {"diagnosis_date": diagnosis})


def column_exceeds(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail rows whose value in `column` is greater (or later) than in `other`."""
    rows = tables[parameters["table"]]
    return Outcome(true(rows[parameters["column"]] > rows[parameters["other"]]))


def age_at_diagnosis(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail patients whose year of diagnosis is implausibly few or many years after their year of birth."""
    patients = tables["patients"]
    age = patients["diagnosis_date"].dt.year.astype("Int64") - patients["birth_year"]
    return Outcome(true((age < parameters["minimum_years"]) | (age > parameters["maximum_years"])))


def _dates(rows: pd.DataFrame, date: str) -> pd.DataFrame:
    """Return the distinct dates of each patient in order, with the one before."""
    dates = rows[["patient_id", date]].dropna().drop_duplicates().sort_values(["patient_id", date])
    return dates.assign(before=dates.groupby("patient_id")[date].shift())


def _beside(rows: Any, other: pd.DataFrame, on: list[str]) -> pd.DataFrame:
    """Return the columns of `other` for each row of `rows`, in its order."""
    return rows[on].merge(other, on=on, how="left", validate="many_to_one").set_index(rows.index)


def administration_interval(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail administrations of the study treatment too soon or too late after the one before.

    Administrations of one date count as one: they are the matter of `same_date`.
    """
    given = tables["administrations"]
    studied = tables.studied(given)
    date = "administration_date"
    before = _beside(given, _dates(given[studied], date), ["patient_id", date])["before"]
    days = (given[date] - before).dt.days
    whole = ~among(given["patient_id"], tables.patients_that_lost("administrations"))
    failed = (days < parameters["minimum_days"]) | ((days > parameters["maximum_days"]) & whole)
    return Outcome(failed.to_numpy(dtype=bool) & studied, {"days_since": days.astype("Int64")})


def cycle_numbering(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail administrations of the study treatment whose number is not their place among the patient's dates.

    Administrations of one date may share a number or not: they are the matter of `same_date`.
    """
    given = tables["administrations"]
    studied = tables.studied(given)
    mine = given[studied].sort_values(["patient_id", "administration_date", "cycle_number", "administration_id"])
    patient = mine.groupby("patient_id")
    place = patient.cumcount() + 1
    new_date = ~mine.duplicated(["patient_id", "administration_date"])
    dated_place = new_date.groupby(mine["patient_id"]).cumsum()
    number = mine["cycle_number"]
    misplaced = number.notna() & (number != place) & (number != dated_place)
    # Where a cycle is missing its number may be missing too: then later cycles need only be numbered higher.
    by_date = pd.DataFrame(mine.groupby(["patient_id", "administration_date"], as_index=False)["cycle_number"].max())
    highest = by_date.groupby("patient_id")["cycle_number"].cummax()
    by_date["before"] = highest.groupby(by_date["patient_id"]).shift()
    before = _beside(
        mine, by_date[["patient_id", "administration_date", "before"]], ["patient_id", "administration_date"]
    )
    lost = among(mine["patient_id"], tables.patients_that_lost("administrations"))
    failed = np.where(lost, true(number <= before["before"]), true(misplaced))
    result = pd.Series(failed, index=mine.index).reindex(given.index, fill_value=False)
    expected = dated_place.reindex(given.index).astype("Int64")
    return Outcome(result.to_numpy(dtype=bool), {"place": expected})


def same_date(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail administrations that share patient and date."""
    given = tables["administrations"]
    return Outcome(given.duplicated(["patient_id", "administration_date"], keep=False).to_numpy())


def baseline_too_old(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail the last scans on or before day 0 if they are older than `days` at day 0.

    Not asked where a scan of the patient is in quarantine: it may have been the baseline.
    """
    scans = tables["scans"]
    zero = tables.zero_of(scans)
    date = scans["scan_date"]
    last = date.where(date <= zero).groupby(scans["patient_id"]).transform("max")
    age = (zero - date).dt.days
    whole = ~among(scans["patient_id"], tables.patients_that_lost("scans"))
    failed = (date == last) & (age > parameters["days"]) & whole
    return Outcome(failed.to_numpy(dtype=bool), {"days_before_day_0": age.astype("Int64")})


def scan_gap(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail scans more than `days` after the scan before, or after day 0 if that is later.

    Scans on or before day 0 are the matter of `baseline_too_old`. Not asked where a scan or an administration of the
    patient is in quarantine: the gap may be that one.
    """
    scans = tables["scans"]
    zero = tables.zero_of(scans)
    date = scans["scan_date"]
    before = _beside(scans, _dates(scans, "scan_date"), ["patient_id", "scan_date"])["before"]
    start = before.where(zero.isna() | (before >= zero), zero)
    days = (date - start).dt.days
    lost = pd.concat([tables.patients_that_lost(name) for name in ("scans", "administrations")])
    whole = ~among(scans["patient_id"], lost)
    failed = (days > parameters["days"]) & (zero.isna() | (date > zero)) & whole
    return Outcome(failed.to_numpy(dtype=bool), {"days_without": days.astype("Int64")})


def symptom_without_baseline(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail symptoms recorded after day 0 of which the patient has no record on or before it.

    Not asked where a symptom of the patient is in quarantine: it may have been the record at baseline.
    """
    symptoms = tables["symptoms"]
    zero = tables.zero_of(symptoms)
    early = symptoms["symptom_date"] <= zero
    known = early.groupby([symptoms["patient_id"], symptoms["term"]]).transform("any")
    whole = ~among(symptoms["patient_id"], tables.patients_that_lost("symptoms"))
    return Outcome(((symptoms["symptom_date"] > zero) & ~known & whole).to_numpy(dtype=bool))


def day_0_doubtful(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail patients of whom an administration of the study treatment in quarantine may have been the first."""
    patients = tables["patients"]["patient_id"]
    return Outcome(among(patients, tables.zero_unsure), {"day_0": look_up(patients, tables.first_given)})


def same_day_response(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail recorded responses that another one of the same patient, evaluator, day and kind contradicts."""
    rows = tables["responses"]
    place = ["patient_id", "evaluator", "response_date", "kind"]
    given = rows[[*place, "response"]].dropna()
    return Outcome(contradicted(given, place, ["response"]).reindex(rows.index, fill_value=False).to_numpy(dtype=bool))


def same_person(tables: Judged, study: Settings, parameters: Settings) -> Outcome:
    """Fail patients who agree in sex, year of birth, date of diagnosis and first treatment with one of another centre.

    Each of the four has to be known. The other one is told by its centre alone: its name is for nobody else to know.
    """
    patients = tables["patients"]
    alike = patients[["sex", "birth_year", "diagnosis_date"]].assign(
        first=look_up(patients["patient_id"], tables.first_given)
    )
    known = alike.notna().all(axis=1).to_numpy()
    person = alike[known].groupby(list(alike.columns), sort=False).ngroup().reindex(alike.index, fill_value=-1)
    seen = pd.DataFrame({"person": person, "centre": patients["centre"]})[known].drop_duplicates()
    several = seen[seen["person"].duplicated(keep=False)].sort_values(["person", "centre"])
    failed = known & person.isin(several["person"]).to_numpy()
    pairs = _other_centres(several)
    mine = pd.DataFrame({"person": person, "centre": patients["centre"]}).merge(
        pairs, on=["person", "centre"], how="left"
    )
    others = pd.Series(mine["others"].to_numpy(), index=patients.index, dtype=STRING)
    return Outcome(failed, {"other_centre": others})


def _other_centres(several: pd.DataFrame) -> pd.DataFrame:
    """Return for each person and centre the first other centre in which the person is."""
    pairs = several.merge(several.rename(columns={"centre": "others"}), on="person")
    pairs = pairs[(pairs["centre"] != pairs["others"]).to_numpy(dtype=bool)]
    return pairs.sort_values(["person", "centre", "others"]).drop_duplicates(["person", "centre"])


CHECKS: dict[str, Known] = {
    "after_death": Known(after_death, (), {"date": "column"}),
    "alive_after_death": Known(alive_after_death, ("follow_up",)),
    "before_diagnosis": Known(before_diagnosis, (), {"date": "column"}),
    "day_0_doubtful": Known(day_0_doubtful, ("patients",)),
    "same_person": Known(same_person, ("patients",), across=True),
    "same_day_response": Known(same_day_response, ("responses",)),
    "column_exceeds": Known(column_exceeds, (), {"column": "column", "other": "column"}),
    "age_at_diagnosis": Known(age_at_diagnosis, ("patients",), {"minimum_years": "number", "maximum_years": "number"}),
    "administration_interval": Known(
        administration_interval, ("administrations",), {"minimum_days": "number", "maximum_days": "number"}
    ),
    "cycle_numbering": Known(cycle_numbering, ("administrations",)),
    "same_date": Known(same_date, ("administrations",)),
    "baseline_too_old": Known(baseline_too_old, ("scans",), {"days": "number"}),
    "scan_gap": Known(scan_gap, ("scans",), {"days": "number"}),
    "symptom_without_baseline": Known(symptom_without_baseline, ("symptoms",)),
}
