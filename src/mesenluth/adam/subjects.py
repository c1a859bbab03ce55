"""ADSL: who the analysed subjects are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..endpoints import cohorts
from ..response.origins import given
from ..tables.io import STRING, conform
from .contracts import ADSL
from .parameters import terms

Tables = Mapping[str, pd.DataFrame]
Study = Mapping[str, Any]


def yes_no(values: pd.Series) -> pd.Series:
    """Return Y, N or missing for a boolean column."""
    known = values.astype("boolean")
    return pd.Series(np.where(known.fillna(False).astype(bool), "Y", "N"), index=values.index, dtype=STRING).where(
        ~known.isna()
    )


def yes(values: pd.Series) -> pd.Series:
    """Return Y or missing for a boolean column."""
    return pd.Series("Y", index=values.index, dtype=STRING).where(values.astype("boolean").fillna(False).astype(bool))


def upper(values: pd.Series) -> pd.Series:
    """Return codes of the registry as terms: capitals, words apart."""
    return values.str.replace("_", " ").str.upper()


def relative_day(dates: pd.Series, origin: pd.Series) -> pd.Series:
    """Return days relative to day 1, the origin; there is no day 0. Missing where either date is."""
    days = (dates - origin).dt.days.astype("Int64")
    return days + (days >= 0).astype("Int64")


def _products(tables: Tables, study: Study) -> pd.Series:
    """Return what each patient was given as the study treatment; several products in the order of the alphabet."""
    rows = given(tables["administrations"], study["treatment"]["administrations"])
    rows = rows[["patient_id", "product"]].drop_duplicates().sort_values(["patient_id", "product"])
    first = rows.drop_duplicates("patient_id").set_index("patient_id")["product"]
    several = rows[rows["patient_id"].duplicated(keep=False)]
    if len(several):
        joined = several.groupby("patient_id")["product"].agg(" / ".join)
        first = first.astype(object)
        first.loc[joined.index] = joined
    return first.astype(STRING)


def adsl(tables: Tables, study: Study) -> pd.DataFrame:
    """Return ADSL: one record for each included patient, sorted by USUBJID.

    Patients who are not analysed are not exported: how many they are, and why, stands in the tables of the workflow.

    Parameters
    ----------
    tables : mapping of DataFrame
        cohort, best_responses; of the registry patients, administrations, follow_up, therapies and all that is dated.
    study : mapping
        Sections study, cut, treatment, compartments, evaluators, primary_evaluator, response and primary.

    Raises
    ------
    TableError
        If an included patient has no day 0.
    """
    cut = cohorts.cut_date(study)
    kept = cohorts.included(tables["cohort"])
    who = kept["patient_id"]
    known = kept[["patient_id"]].merge(tables["patients"], on="patient_id", how="left", validate="1:1")
    started, ended = kept["origin_date"], kept["last_administration_date"]
    best = cohorts.responses_of(
        tables["best_responses"], kept, study["primary"]["compartment"], study["primary_evaluator"], "best_response"
    )

    def of(dates: pd.Series) -> pd.Series:
        return pd.Series(dates.astype("datetime64[us]").reindex(who).to_numpy(), index=kept.index)

    died = of(cohorts.deaths(tables["follow_up"], cut))
    dead = tables["follow_up"][tables["follow_up"]["vital_status"] == "dead"]
    dead = dead.sort_values(["patient_id", "follow_up_date", "follow_up_id"]).drop_duplicates("patient_id")
    cause = upper(dead.set_index("patient_id")["cause_of_death"]).reindex(who)
    age = (started.dt.year - known["birth_year"]).astype("Int64")
    label = study["treatment"]["label"]["en"]
    frame = pd.DataFrame(
        {
            "STUDYID": terms(study["study"]["id"]),
            "USUBJID": who,
            "SUBJID": who,
            "SITEID": kept["centre"],
            "AGE": age,
            "AGEU": pd.Series("YEARS", index=kept.index, dtype=STRING).where(~age.isna()),
            "SEX": known["sex"].fillna("U"),
            "RACE": "NOT REPORTED",
            "SAFFL": np.where(started.notna(), "Y", "N"),
            "FASFL": "Y",
            "EFFFL": np.where(best.isin(cohorts.NOT_EVALUABLE), "N", "Y"),
            "ARM": label,
            "TRT01P": label,
            "TRT01A": _products(tables, study).reindex(who).reset_index(drop=True),
            "TRTSDT": started,
            "TRTEDT": ended,
            "TRTDURD": (ended - started).dt.days.astype("Int64") + 1,
            "NADMIN": kept["administrations"],
            "CUMDOSE": kept["activity_gbq"],
            "CUMDOSEU": pd.Series("GBq", index=kept.index, dtype=STRING).where(kept["activity_gbq"].notna()),
            "DIAGDT": known["diagnosis_date"],
            "PRIMSITE": upper(known["primary_site"]),
            "STAGEBL": upper(known["stage"]),
            "GRADEBL": known["grade"],
            "KI67BL": known["ki67_percent"],
            "ECOGBL": known["ecog"],
            "FUNCFL": yes_no(known["functioning"]),
            "CARSYNFL": yes_no(known["carcinoid_syndrome"]),
            "PRIMRSFL": yes_no(known["primary_resected"]),
            "PRLINES": known["prior_lines"],
            "CGABL": known["cga_xuln"],
            "HIAABL": known["hiaa_xuln"],
            "NACTDT": of(cohorts.new_therapies(tables["therapies"], kept, study["response"]["new_therapies"], cut)),
            "DTHFL": yes(died.notna()),
            "DTHDT": died,
            "DTHCAUS": cause.reset_index(drop=True).where(died.notna()),
            "LSTALVDT": of(cohorts.last_known_alive(tables, cut)),
            "DCUTDT": cut,
        },
        index=kept.index,
    )
    return conform(frame, ADSL.table)


def with_subject(frame: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    """Add to records of USUBJID what ADSL says of the subject: identifiers, treatment, day 0, population flags."""
    about = subjects[
        ["STUDYID", "USUBJID", "SUBJID", "SITEID", "TRT01P", "TRT01A", "TRTSDT", "SAFFL", "FASFL", "EFFFL"]
    ].rename(columns={"TRT01P": "TRTP", "TRT01A": "TRTA"})
    return frame.merge(about, on="USUBJID", how="left", validate="m:1")


def number(frame: pd.DataFrame, key: tuple[str, ...]) -> pd.DataFrame:
    """Return the records sorted by `key` with ASEQ, their place within the subject."""
    frame = frame.sort_values(list(key), kind="stable", ignore_index=True)
    frame["ASEQ"] = frame.groupby("USUBJID").cumcount() + 1
    return frame
