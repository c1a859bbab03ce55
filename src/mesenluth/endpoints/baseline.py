"""Table 1: who the included patients were, with what is missing counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from ..errors import ConfigurationError
from ..tables.io import conform, empty
from ..tables.registry import PATIENTS, THERAPIES
from ..tables.results import BASELINE_CHARACTERISTICS
from . import cohorts
from .baseline_variables import VARIABLES
from .cohorts import Study, Tables
from .months import months

NOT_RECORDED = "not_recorded"
NONE = "none"
YES_NO = {True: "yes", False: "no"}
SUMMARIES: dict[str, Callable[[pd.Series], Any]] = {
    "median": lambda v: v.quantile(0.5),
    "lower_quartile": lambda v: v.quantile(0.25),
    "upper_quartile": lambda v: v.quantile(0.75),
    "minimum": lambda v: v.min(),
    "maximum": lambda v: v.max(),
}
"""Quartiles as R's type 7."""
COLUMNS = {
    "largest_lesion": "diameter_mm",
    "baseline_sum": "baseline_mm",
    "lesions": "lesions",
    "uptake": "baseline_value",
}
"""Where the characteristics of a compartment stand."""
UPTAKE_UNITS = {"krenning_drop": "Krenning score"}

Numbers = list[dict[str, Any]]


def _summary(values: pd.Series, about: Mapping[str, Any]) -> Numbers:
    """Return the lines of a number: median, quartiles and range, and how many patients have none."""
    known = values.dropna().astype("float64")
    about = {**about, "n": len(known), "missing": len(values) - len(known)}
    if not len(known):
        return [{**about, "statistic": "median", "reason": NOT_RECORDED}]
    return [{**about, "statistic": name, "value": float(of(known))} for name, of in SUMMARIES.items()]


def _shares(level: str, k: int, about: Mapping[str, Any]) -> Numbers:
    share = {"statistic": "percent", "value": 100 * k / about["n"], "unit": "percent"}
    return [{**about, "level": level, **s} for s in ({"statistic": "count", "value": float(k)}, share)]


def _categories(values: pd.Series, levels: Mapping[Any, str], about: Mapping[str, Any]) -> Numbers:
    """Return count and share of each level that occurs, in the order given; shares are of patients with a value."""
    known = values.dropna()
    about = {**about, "unit": "patients", "n": len(known), "missing": len(values) - len(known)}
    if not len(known):
        return [{**about, "statistic": "count", "reason": NOT_RECORDED}]
    counts = known.value_counts()
    return [n for level, name in levels.items() if counts.get(level, 0)
            for n in _shares(name, int(counts[level]), about)]  # fmt: skip


class Patients:
    """The included patients, and each characteristic of theirs, in their order.

    Parameters
    ----------
    tables : mapping of DataFrame
        See `baseline_characteristics`.
    study : mapping
        The resolved study file.
    """

    def __init__(self, tables: Tables, study: Study) -> None:
        self.tables, self.study = tables, study
        self.kept = cohorts.included(tables["cohort"])
        self.ids = self.kept["patient_id"]
        self.registry = self.kept[["patient_id"]].merge(tables["patients"], on="patient_id", how="left", validate="1:1")
        therapies = tables["therapies"][["patient_id", "type", "start_date"]]
        therapies = therapies.merge(self.kept[["patient_id", "origin_date"]], on="patient_id")
        self.before = therapies[therapies["start_date"] < therapies["origin_date"]]

    def of_patient(self, variable: str) -> pd.Series:
        """Return a characteristic of the patient."""
        days = self.kept["origin_date"] - self.registry["diagnosis_date"]
        known: dict[str, Callable[[], pd.Series]] = {
            "age": lambda: self.kept["origin_date"].dt.year - self.registry["birth_year"],
            "time_since_diagnosis": lambda: months(self.registry["diagnosis_date"], days.dt.days, self.study),
            "cycles": lambda: self.kept["administrations"],
            "activity_gbq": lambda: self.kept["activity_gbq"],
            "symptoms": self._symptomatic,
            "prior_surgery": self._operated,
        }
        return known[variable]() if variable in known else self.registry[variable]

    def _symptomatic(self) -> pd.Series:
        """Say who had a symptom at baseline; unknown where nobody asked by day 0."""
        found = self.tables["clinical_responses"].set_index("patient_id").reindex(self.ids)
        some = found["symptoms_at_baseline"].astype("Int64").fillna(0).gt(0).astype("boolean")
        unknown = ~some & (found["response"].isna() | (found["response"] == "not_evaluable")).astype("boolean")
        return some.mask(unknown).reset_index(drop=True)

    def _operated(self) -> pd.Series:
        """Say who was operated on before day 0; without an operation on record, what is known of the primary."""
        kinds = self.before["type"].str.startswith("surgery_").astype(bool)
        operated = self.ids.isin(self.before.loc[kinds, "patient_id"]).astype("boolean")
        return operated | self.registry["primary_resected"].astype("boolean")

    def therapies(self, about: Mapping[str, Any]) -> Numbers:
        """Return how many patients had each kind of therapy before day 0; without a record, none."""
        about = {**about, "unit": "patients", "n": len(self.kept), "missing": 0}
        each = self.before.drop_duplicates(["patient_id", "type"])["type"].value_counts()
        without = len(self.kept) - self.before["patient_id"].nunique()
        counts = {**{kind: int(each.get(kind, 0)) for kind in THERAPIES.column("type").allowed}, NONE: without}
        return [n for kind, k in counts.items() if k for n in _shares(kind, k, about)]

    def of_compartment(self, variable: str, compartment: str) -> pd.Series:
        """Return a characteristic of one compartment, as the primary evaluator read it."""
        reader = self.study["primary_evaluator"]
        if variable == "uptake":
            mine = self.tables["metabolic_responses"]
        elif variable == "largest_lesion":
            mine = self.tables["lesion_changes"]
            mine = mine[(mine["timepoint"] == 0) & (mine["evaluator"] == reader)]
        else:
            mine = self.tables["best_responses"]
            mine = mine[mine["has_baseline"] & (mine["evaluator"] == reader)]
            mine = mine.assign(lesions=mine["targets"] + mine["nontargets"])
        mine = mine[(mine["compartment"] == compartment).fillna(False).astype(bool)]
        values = mine.groupby("patient_id")[COLUMNS[variable]].max()
        return values.reindex(self.ids).reset_index(drop=True)


def _levels(variable: str, values: pd.Series) -> dict[Any, str]:
    allowed: Sequence[Any] = PATIENTS.column(variable).allowed or sorted(values.dropna().unique().tolist())
    return {v: str(v) for v in allowed}


def baseline_characteristics(tables: Tables, study: Study) -> pd.DataFrame:
    """Return Table 1: the characteristics of `baseline.variables`, of the included patients.

    Parameters
    ----------
    tables : mapping of DataFrame
        cohort, best_responses, lesion_changes, metabolic_responses, clinical_responses; of the registry patients and
        therapies.
    study : mapping
        The resolved study file.

    Returns
    -------
    DataFrame
        `results.BASELINE_CHARACTERISTICS`, the number of patients first. Numbers as median, quartiles and range;
        categories as count and percent of the patients with a value. A characteristic that nobody has recorded is one
        row that says so. Empty without included patients.

    Raises
    ------
    ConfigurationError
        If `baseline.variables` names what is not known.
    """
    people = Patients(tables, study)
    n = len(people.kept)
    if not n:
        return empty(BASELINE_CHARACTERISTICS)
    rows: Numbers = [{"variable": "patients", "statistic": "count", "n": n, "missing": 0, "value": float(n),
                      "unit": "patients"}]  # fmt: skip
    for name in study["baseline"]["variables"]:
        if name not in VARIABLES:
            raise ConfigurationError(f"baseline.variables: {name!r}", f"some of {', '.join(VARIABLES)}")
        variable = VARIABLES[name]
        about = {"variable": name, "unit": variable.unit}
        if variable.by_compartment:
            if name == "uptake":
                about["unit"] = UPTAKE_UNITS.get(study["metabolic"]["method"], "SUV")
            for compartment in cohorts.compartments(study):
                rows += _summary(people.of_compartment(name, compartment), {**about, "compartment": compartment})
        elif variable.kind == "several":
            rows += people.therapies(about)
        elif variable.kind == "number":
            rows += _summary(people.of_patient(name), about)
        else:
            values = people.of_patient(name)
            rows += _categories(values, YES_NO if variable.kind == "yes_no" else _levels(name, values), about)
    frame = pd.DataFrame(rows, columns=BASELINE_CHARACTERISTICS.column_names)
    frame["position"] = range(1, len(frame) + 1)
    return conform(frame, BASELINE_CHARACTERISTICS)
