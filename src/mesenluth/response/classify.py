"""The entry: from the registry's tables and the study's definitions to every table of responses."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from ..errors import TableError
from ..reuse import reusable
from ..tables.io import conform
from ..tables.registry import REGISTRY
from ..tables.results import BEST_RESPONSES, DISAGREEMENTS, TIMEPOINT_RESPONSES
from . import frames
from .arrays import FAR, counts, days, in_order, position, strings
from .clinical import clinical_responses
from .clinical_disagreements import clinical_disagreements
from .compartments import names
from .complications import complications
from .density import density_responses
from .derived import Derived, Part
from .disagreements import disagreements
from .eligibility import cohort, judge
from .explain import name_all
from .growth import growth_rates
from .local_therapy import stops, treat
from .markers import applies, marker_states
from .metabolic import metabolic_responses
from .new_lesions import follow
from .origins import new_therapy_dates, origins, with_new_therapy
from .progressions import progression_disagreements
from .reader_pairs import reader_pairs
from .readings import ROLES, lay_out, read_lesions, read_measurements
from .series import count_followed, derive
from .settings import Criteria, local_therapies, section
from .split_and_merge import absorb, replace_parents
from .timepoints import assess, followed


def classify(
    tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any], compare: bool = True
) -> dict[str, pd.DataFrame]:
    """Judge eligibility and derive every response of the included patients.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The registry tables that may be analysed, by name, all of `tables.registry.REGISTRY`; and `findings`, where
        validation has made them, to mark the patients whose day 0 is doubtful.
    study : mapping
        Sections of the study file: treatment, population, compartments, evaluators, primary_evaluator, response,
        growth, density, agreement, metabolic, clinical, complications, time.
    compare : bool
        Whether to compare recorded with computed responses, and readers with each other; no endpoint needs it.

    Returns
    -------
    dict of str to DataFrame
        eligibility, cohort, lesion_changes, timepoint_responses, best_responses, growth_rates, density_responses,
        best_density_responses, metabolic_responses, clinical_responses, complications, response_disagreements,
        progression_disagreements and reader_pairs, each as its contract in `tables.results`; the last three only with
        `compare`.

    Raises
    ------
    TableError
        If a registry table is missing.
    ConfigurationError
        If a section or key is missing, or names an alternative that is not built.
    """
    lacking = [name for name in REGISTRY if name not in tables]
    if lacking:
        raise TableError(f"classification lacks the table {', '.join(lacking)}", "all registry tables")
    treatment = section(study, "treatment")["administrations"]
    day0 = origins(tables["administrations"], treatment)
    eligibility = judge(tables, study)
    people = cohort(eligibility, tables["patients"], day0, tables.get("findings"))
    included = people[people["included"]].reset_index(drop=True)
    result = {"eligibility": eligibility, "cohort": people, **recist(tables, included, study)}
    stopped = with_new_therapy(included, tables["therapies"], section(study, "response"))
    result["metabolic_responses"] = metabolic_responses(
        tables["uptake"], tables["scans"], tables["lesions"], stopped, section(study, "compartments"),
        section(study, "metabolic"), section(study, "primary_evaluator"),
    )  # fmt: skip
    result["clinical_responses"] = clinical_responses(
        tables["symptoms"], tables["responses"], stopped, section(study, "clinical"),
        section(study, "primary_evaluator"),
    )  # fmt: skip
    result["complications"] = complications(
        tables["adverse_events"], tables["administrations"], included, treatment, section(study, "complications")
    )
    if not compare:
        return result
    again = partial(recist, beyond=False)
    against = disagreements(tables, result, included, study, again)
    clinical = clinical_disagreements(tables["responses"], tables["symptoms"], included, section(study, "clinical"))
    result["response_disagreements"] = conform(
        in_order(pd.concat([against, clinical], ignore_index=True), DISAGREEMENTS.key), DISAGREEMENTS
    )
    result["progression_disagreements"] = progression_disagreements(against, result["timepoint_responses"])
    result["reader_pairs"] = reader_pairs(
        result["timepoint_responses"], result["best_responses"], result["lesion_changes"], tables["lesions"],
        section(study, "primary_evaluator"), section(study, "agreement"),
    )  # fmt: skip
    return result


@reusable
def recist(
    tables: Mapping[str, pd.DataFrame], included: pd.DataFrame, study: Mapping[str, Any], beyond: bool = True
) -> dict[str, pd.DataFrame]:
    """Derive RECIST 1.1 responses of the included patients in every compartment, for every evaluator.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Registry tables `lesions`, `measurements`, `scans` and `therapies`; `markers` and `patients` where the study
        asks for normal tumour markers.
    included : DataFrame
        Patients analysed: patient_id, origin_date, last_administration_date.
    study : mapping
        Sections compartments, evaluators, primary_evaluator, response, growth, density and time.
    beyond : bool
        Whether to derive growth rates and responses by density as well.

    Returns
    -------
    dict of str to DataFrame
        lesion_changes, timepoint_responses and best_responses; with `beyond` also growth_rates, density_responses and
        best_density_responses.
    """
    criteria = Criteria.of(section(study, "response"))
    places, evaluators = section(study, "compartments"), section(study, "evaluators")
    primary = section(study, "primary_evaluator")
    included = included.sort_values("patient_id", kind="stable", ignore_index=True)
    patients, origin = strings(included["patient_id"]), days(included["origin_date"])
    lesions, readers = read_lesions(tables["lesions"], patients, origin, places, evaluators)
    readings, scans = read_measurements(tables["measurements"], tables["scans"], lesions, readers, criteria)
    assessments = assess(readings, scans, lesions, readers, criteria.baseline_window_days)
    timepoints, of_reading = followed(assessments, readers)
    grid = lay_out(lesions, readings, of_reading, timepoints.start, timepoints.length, timepoints.rank)
    local, others = local_therapies(places), tables["therapies"]
    grid, treated = treat(replace_parents(grid, lesions), lesions, readers, timepoints, others, local, places)
    grid = absorb(grid, lesions, timepoints)
    new = follow(grid, lesions, timepoints, criteria)
    markers = marker_states(tables, study["response"], readers, timepoints)

    stop = np.full(len(readers.patient), FAR, np.int64)
    ended: dict[str, np.ndarray] = {}
    if criteria.stop_at_new_therapy:
        ended = stops(others, included, local, readers)
        other = new_therapy_dates(tables["therapies"], included, criteria.new_therapies)
        at = position(strings(other["patient_id"]), patients)
        of_patient = np.full(len(patients), FAR, np.int64)
        of_patient[at] = days(other["new_therapy_date"])
        stop = of_patient[readers.patient]
    window = None
    if criteria.timing == "window":
        last = days(included["last_administration_date"])[readers.patient]
        low, high = criteria.timing_window_days
        window = (last + low, last + high)

    read = counts(lesions.reader[readings.lesion], len(readers.patient)) > 0
    points, bests, parts = [], [], []
    compartments = names(places)
    for i, name in enumerate(compartments):
        whole = i == len(places)
        inside = np.ones(len(lesions.role), bool) if whole else lesions.compartment == i
        new_inside = inside
        if criteria.new_lesion_rule != "by_condition" and not whole:
            every = criteria.new_lesion_rule == "all_to_every" or i == len(places) - 1
            new_inside = np.full(len(lesions.role), every)
        known = count_followed(inside, lesions, len(readers.patient))
        asked = markers if markers is not None and applies(study["response"], whole) else None
        series = derive(inside, new_inside, known, grid, lesions, timepoints, new, treated, criteria, asked)
        last_day = np.minimum(stop, ended.get(name, stop))
        parts.append(Part(name, inside, known, series, last_day))
        counting = frames.counted(series, timepoints, last_day)
        named = name_all(inside, new_inside, series.cells, grid, lesions, readings, timepoints, new, treated)
        shown = frames.timepoint_frame(name, series, timepoints, readers, counting, named, criteria)
        points.append(shown if asked is None else asked.explain(shown, np.flatnonzero(timepoints.rank > 0)))
        best = frames.best_frame(name, series, timepoints, readers, counting, window, known, criteria)
        bests.append(best[read])
    bests.append(_unread(patients, origin, readers, read, primary, evaluators, compartments, criteria))
    found = {
        "lesion_changes": frames.lesion_frame(
            grid, lesions, readers, readings, timepoints, treated, strings(scans["record_id"]),
            [c["id"] for c in places], ROLES,
        ),
        "timepoint_responses": conform(
            in_order(pd.concat(points, ignore_index=True), TIMEPOINT_RESPONSES.key), TIMEPOINT_RESPONSES
        ),
        "best_responses": conform(
            in_order(pd.concat(bests, ignore_index=True), BEST_RESPONSES.key), BEST_RESPONSES
        ),
    }  # fmt: skip
    if not beyond:
        return found
    derived = Derived(lesions, readers, readings, assessments, timepoints, grid, read, window, parts)
    found["growth_rates"] = growth_rates(derived, section(study, "growth"), section(study, "time"))
    return found | density_responses(
        derived, tables["measurements"], tables["scans"], section(study, "density"), criteria
    )  # fmt: skip


def _unread(
    patients: pa.Array,
    origin: np.ndarray,
    readers: Any,
    read: np.ndarray,
    primary: str,
    evaluators: list[str],
    compartments: list[str],
    criteria: Criteria,
) -> pd.DataFrame:
    """Return rows for the patients the primary evaluator did not read, so that every denominator is there."""
    analysed = not evaluators or primary in evaluators
    code = position(strings([primary]), readers.evaluators)[0]
    by_primary = read & (readers.evaluator == code) if analysed else read
    missing = counts(readers.patient[by_primary], len(patients)) == 0
    who = patients.filter(pa.array(missing))
    return frames.unread_frame(who, primary, compartments, {"day": origin[missing]}, criteria)
