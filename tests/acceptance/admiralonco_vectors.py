"""What admiralonco made of recorded responses, and what this package makes of the same records.

A set is one ADRS with the ADTTE that goes with it. Input are its recorded responses at time points (PARAMCD OVR), its
deaths (DEATH) and the date of randomisation; the date last known alive, which neither holds, is ADSL's. Everything else
in it is a result, and is compared.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from acceptance.sdtm_run import ROOT, delivered
from mesenluth.endpoints.censoring import end_of_time, rules_for
from mesenluth.endpoints.time_to_event import time_to_event
from mesenluth.response.best import best_overall
from mesenluth.study import load
from mesenluth.tables.io import STRING, conform, empty
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import BEST_RESPONSES, CATEGORIES, COHORT, TIMEPOINT_RESPONSES

FOLDER = ROOT.parent / "shared" / "acceptance" / "admiralonco"
"""Results of admiralonco on the CDISC pilot data lie beside the project: they are not part of it."""
STUDY = ROOT / "studies" / "admiralonco.yaml"
WHO = {"patient_id": "", "compartment": "whole_patient", "evaluator": "investigator"}
INPUT = ("OVR", "DEATH", "MDIS", "LSTA")
"""Parameters that are records, not results: LSTA is the last recorded response, where a time without event ends."""
REASONS = {
    "Death": {"death"},
    "Disease Progression": {"progression"},
    "Last Tumor Assessment": {"last_adequate_assessment", "last_assessment"},
    "Alive": {"last_known_alive"},
    # Nothing was seen of the subject after day 0.
    "Randomization": {"no_baseline", "no_post_baseline", "no_follow_up", "last_known_alive"},
}
"""EVNTDESC -> reason codes that say the same."""


@cache
def study() -> dict[str, Any]:
    """Return the study file that states admiralonco's conventions."""
    return load(ROOT, STUDY)


@cache
def read(name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return ADRS and ADTTE of a set: a file of `FOLDER`, or `pharmaverseadam`, as the package delivers it."""
    if name == "pharmaverseadam":
        adrs, adtte = (delivered(f"{d}_onco", "pharmaverseadam") for d in ("adrs", "adtte"))
    else:
        adrs, adtte = (pd.read_csv(FOLDER / f"{name}_{d}.csv") for d in ("adrs", "adtte"))
    for frame in (adrs, adtte):
        for column in ("ADT", "RANDDT", "STARTDT"):
            if column in frame:
                frame[column] = pd.to_datetime(frame[column]).astype("datetime64[us]")
        frame["USUBJID"] = frame["USUBJID"].astype(STRING)
    return adrs, adtte


class Derived:
    """What this package makes of the records of one set, under a study file."""

    def __init__(self, name: str, definitions: dict[str, Any] | None = None) -> None:
        self.study = definitions or study()
        self.adrs, self.adtte = read(name)
        self.subjects = self.adrs.loc[self.adrs["PARAMCD"] == "BOR", ["USUBJID", "RANDDT"]]
        self.subjects = self.subjects.set_axis(["patient_id", "origin_date"], axis=1).reset_index(drop=True)
        recorded = self.adrs.loc[self.adrs["PARAMCD"] == "OVR", ["USUBJID", "ADT", "AVALC"]]
        recorded = recorded.set_axis(["patient_id", "date", "response"], axis=1)
        known = recorded["response"].isin(CATEGORIES)
        self.unreadable = recorded[~known]
        self.recorded = recorded[known].reset_index(drop=True)
        death = self.adrs[(self.adrs["PARAMCD"] == "DEATH") & (self.adrs["AVALC"] == "Y")]
        self.death = death.set_index("USUBJID")["ADT"]
        self.best = best_overall(self.recorded, self.subjects, self.study["response"], by=["patient_id"]).set_index(
            "patient_id"
        )

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the records of those who were randomised as the tables that endpoints are made from."""
        people = self.subjects.dropna().sort_values("patient_id", ignore_index=True)
        points = self.recorded[self.recorded["patient_id"].isin(people["patient_id"])]
        points = points.sort_values(["patient_id", "date"], ignore_index=True)
        progressed = points["response"] == "PD"
        alive = delivered("adsl", "pharmaverseadam")[["USUBJID", "LSTALVDT"]].dropna()
        alive = alive[~alive["USUBJID"].isin(self.death.index)]
        seen = [
            pd.DataFrame({"patient_id": alive["USUBJID"], "date": alive["LSTALVDT"], "vital_status": "alive"}),
            self.death.rename("date").rename_axis("patient_id").reset_index().assign(vital_status="dead"),
        ]
        seen = [s.assign(date=pd.to_datetime(s["date"]).astype("datetime64[us]")) for s in seen]
        follow_up = pd.concat(seen, ignore_index=True)
        return {
            "cohort": _table(COHORT, people.assign(included=True, centre="C")),
            "best_responses": _table(
                BEST_RESPONSES,
                people[["patient_id"]].assign(has_baseline=people["patient_id"].isin(points["patient_id"])),
            ),
            "timepoint_responses": _table(
                TIMEPOINT_RESPONSES,
                points.assign(
                    timepoint=points.groupby("patient_id").cumcount() + 1,
                    overall_response=points["response"],
                    assessment_date=points["date"],
                    last_date=points["date"],
                    response_date=points["date"],
                    progression_date=points["date"].where(progressed),
                ),
            ),
            "follow_up": _table(
                REGISTRY["follow_up"],
                follow_up.assign(follow_up_id=follow_up["patient_id"], follow_up_date=follow_up["date"]),
            ),
            "therapies": empty(REGISTRY["therapies"]),
            "patients": empty(REGISTRY["patients"]),
        }

    def times(self) -> pd.DataFrame:
        """Return PFS, OS and the duration of response (RSD): PARAMCD, USUBJID, STARTDT, ADT, AVAL, CNSR, reason."""
        out = time_to_event(self.tables(), self.study)
        out = out[out["rule_set"] == "study"]
        names = {"progression_free_survival": "PFS", "overall_survival": "OS"}
        parts = [
            pd.DataFrame(
                {
                    "PARAMCD": out["endpoint"].map(names),
                    "USUBJID": out["patient_id"],
                    "STARTDT": out["origin_date"],
                    "ADT": out["end_date"],
                    "AVAL": out["time_days"],
                    "CNSR": (out["status"] == "censored").astype(int),
                    "reason": out["reason_code"],
                }
            ),
            self._durations(),
        ]
        return pd.concat(parts, ignore_index=True)

    def _durations(self) -> pd.DataFrame:
        """Return the duration of response: of responders only, from the first response on."""
        start = self.best["first_response_date"].dropna()
        series = pd.DataFrame({"series": start.index, "has_baseline": True, "new_therapy": np.nan})
        series["other_progression"] = series["cut"] = np.nan
        series["death"] = (self.death.reindex(start.index) - start).dt.days.to_numpy()
        rows = self.recorded[self.recorded["patient_id"].isin(start.index)]
        since = (rows["date"] - rows["patient_id"].map(start)).dt.days
        assessments = pd.DataFrame({"series": rows["patient_id"], "day": since, "response": rows["response"]})
        ends = end_of_time(series, assessments, rules_for("study", self.study["survival"]))
        return pd.DataFrame(
            {
                "PARAMCD": "RSD",
                "USUBJID": ends["series"],
                "STARTDT": start.to_numpy(),
                "ADT": start.to_numpy() + pd.to_timedelta(ends["day"], unit="D").to_numpy(),
                "AVAL": ends["day"] + self.study["time"]["add_one_day"],
                "CNSR": (ends["status"] == "censored").astype(int),
                "reason": ends["reason_code"],
            }
        )

    def responses(self) -> pd.DataFrame:
        """Return every response parameter of every subject: PARAMCD, USUBJID, AVALC, ADT (missing where none)."""
        best = self.best
        categories = {e["id"]: e["categories"] for e in self.study["endpoints"] if e["kind"] == "response"}
        parts = [
            _parameter("BOR", best["best_response"], best["best_response_date"]),
            _parameter("CBOR", best["confirmed_response"], best["confirmed_response_date"]),
            _parameter("RSP", _yes(best["first_response_date"].notna()), best["first_response_date"]),
            _parameter("CRSP", _yes(best["first_confirmed_date"].notna()), best["first_confirmed_date"]),
            _parameter("PD", _yes(best["first_progression_date"].notna()), best["first_progression_date"]),
        ]
        for code, column, endpoint in (
            ("BCP", "best_response", "objective_response"),
            ("CBCP", "confirmed_response", "objective_response"),
            ("CB", "best_response", "disease_control"),
            ("CCB", "confirmed_response", "disease_control"),
        ):
            parts.append(_parameter(code, _yes(best[column].isin(categories[endpoint])), None))
        return pd.concat(parts, ignore_index=True)


def response_differences(derived: Derived) -> list[tuple[str, str, str, str]]:
    """Return every result of ADRS that comes out otherwise: subject, parameter, its value and date, ours.

    Of BCP, CBCP, CB and CCB, which say whether there is a response or a benefit, the date is not compared: no endpoint
    here has one.
    """
    theirs = derived.adrs[~derived.adrs["PARAMCD"].isin(INPUT)][["PARAMCD", "USUBJID", "AVALC", "ADT"]]
    both = theirs.merge(
        derived.responses(), on=["PARAMCD", "USUBJID"], how="outer", suffixes=("", "_ours"), validate="1:1"
    )
    undated = both["PARAMCD"].isin(["BCP", "CBCP", "CB", "CCB"])
    a, b = (_said(both[f"AVALC{s}"], both[f"ADT{s}"].mask(undated)) for s in ("", "_ours"))
    wrong = both.assign(theirs=a, ours=b)[a != b]
    return sorted(wrong[["USUBJID", "PARAMCD", "theirs", "ours"]].itertuples(index=False, name=None))


def time_differences(derived: Derived) -> list[tuple[str, str, str, str]]:
    """Return every row of ADTTE that comes out otherwise: start, end, AVAL, CNSR or the reason."""
    both = derived.adtte[["PARAMCD", "USUBJID", "STARTDT", "ADT", "AVAL", "CNSR", "EVNTDESC"]].merge(
        derived.times(), on=["PARAMCD", "USUBJID"], how="outer", suffixes=("", "_ours"), validate="1:1"
    )
    columns = ("STARTDT", "ADT", "AVAL", "CNSR")
    a, b = ([both[f"{c}{s}"].astype(str).str.removesuffix(".0") for c in columns] for s in ("", "_ours"))
    known = zip(both["EVNTDESC"], both["reason"], strict=True)
    same_reason = pd.Series([r in REASONS.get(e, ()) for e, r in known], index=both.index)
    same = pd.Series(True, index=both.index)
    for theirs, ours in zip(a, b, strict=True):
        same &= theirs == ours
    both["theirs"] = a[1] + " " + a[2] + " " + a[3] + " " + both["EVNTDESC"].fillna("")
    both["ours"] = b[1] + " " + b[2] + " " + b[3] + " " + both["reason"].fillna("")
    wrong = both[~(same & same_reason)]
    return sorted(wrong[["USUBJID", "PARAMCD", "theirs", "ours"]].itertuples(index=False, name=None))


def _said(value: pd.Series, date: pd.Series) -> pd.Series:
    return value.fillna("nothing").astype(STRING) + "@" + date.dt.strftime("%Y-%m-%d").fillna("").astype(STRING)


def _yes(flags: pd.Series) -> pd.Series:
    return flags.map({True: "Y", False: "N"})


def _parameter(code: str, value: pd.Series, date: pd.Series | None) -> pd.DataFrame:
    dates = pd.Series(pd.NaT, index=value.index, dtype="datetime64[us]") if date is None else date
    return pd.DataFrame({"PARAMCD": code, "USUBJID": value.index, "AVALC": value.array, "ADT": dates.array})


def _table(contract: Any, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows as a table of a contract; what is required and not given gets a plain value."""
    plain = {"string": "x", "int": 0, "float": 0.0, "bool": False}
    rows = rows.assign(**{k: v for k, v in WHO.items() if k not in rows and k in contract.column_names})
    for column in contract.columns:
        if column.name not in rows:
            rows[column.name] = plain.get(column.type) if column.required else None
    return conform(rows[contract.column_names], contract)


def exists(folder: Path = FOLDER) -> bool:
    """Return whether the results of admiralonco lie beside the project."""
    return (folder / "onco_basic_1x_adrs.csv").is_file()
