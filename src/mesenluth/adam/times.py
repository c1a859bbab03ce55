"""ADTTE: times to events, each with where its date comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..endpoints.censoring import ADEQUATE
from ..endpoints.cohorts import WHOLE_PATIENT
from ..tables.io import STRING, conform
from . import parameters as p
from .contracts import ADTTE
from .parameters import Parameter
from .subjects import number, relative_day, upper, with_subject, yes

Tables = Mapping[str, pd.DataFrame]
Study = Mapping[str, Any]

WORDS = {
    "progression": "Progression of the disease",
    "response": "Response of the disease",
    "death": "Death",
    "new_therapy": "New anticancer therapy",
    "other_compartment_progression": "Progression of another compartment",
    "gap_before_event": "Event too long after the last adequate assessment",
    "last_adequate_assessment": "No event by the last adequate assessment",
    "last_assessment": "No event by the last assessment, adequate or not",
    "no_post_baseline": "No adequate assessment after baseline, and no event",
    "no_baseline": "No baseline assessment",
    "last_known_alive": "Alive at the last record",
    "no_follow_up": "No record after day 0",
}
"""Reason codes in words; a code that is not here says what it means itself."""

CENSORED_AT = {
    ("ADRS", "ADT"): "Progression of the disease",
    ("ADRS", "ASMEDT"): "Last adequate assessment",
    ("ADSL", "LSTALVDT"): "Date last known alive",
    ("ADTTE", "STARTDT"): "Origin of the time",
}
CNSR = {"event": 0, "censored": 1}
COMPETING = 2


def _parameters(rows: pd.DataFrame, study: Study, readers: Mapping[str, str]) -> tuple[pd.DataFrame, list[Parameter]]:
    """Return the code of every combination of endpoint, compartment, evaluator and rule set that occurs."""
    by = ["endpoint", "compartment", "evaluator", "rule_set"]
    codes, labels = p.compartment_codes(study), p.compartment_labels(study)
    stems, letters = p.endpoint_stems(study), p.rule_letters(rows["rule_set"].unique())
    names = p.endpoint_labels(study)
    several = rows.groupby("endpoint")[["compartment", "evaluator", "rule_set"]].nunique()
    order = {c: {v: i for i, v in enumerate(m)} for c, m in zip(by, (stems, codes, readers, letters), strict=True)}
    kinds = rows[by].drop_duplicates()
    kinds = kinds.sort_values(by, key=lambda c: c.map(order[str(c.name)]).astype("int64"), ignore_index=True)
    known = []
    for endpoint, compartment, evaluator, rule_set in kinds.itertuples(index=False):
        # Survival, which neither a compartment nor a reader nor a rule set changes, is not about one of them.
        alone = bool((several.loc[endpoint] == 1).all()) and compartment == WHOLE_PATIENT
        reader = "" if alone else p.terms(evaluator)
        known.append(
            Parameter(
                f"{stems[endpoint]}{letters[rule_set]}{codes[compartment]}{readers[evaluator]}",
                p.in_words(
                    f"{names[endpoint]} (Months)",
                    "" if alone else labels[compartment],
                    reader,
                    "" if alone else f"{rule_set.upper()} rules",
                ),
                "Time to Event",
                labels[compartment],
                reader,
            )
        )
    kinds["PARAMCD"] = pd.Series([k.code for k in known], dtype=STRING)
    return kinds, known


def adtte(
    tables: Tables, study: Study, subjects: pd.DataFrame, responses: pd.DataFrame, readers: Mapping[str, str]
) -> pd.DataFrame:
    """Return ADTTE: every row of time_to_event.

    SRCDOM, SRCVAR and SRCSEQ name the record that holds ADT: a progression (or a response) is a record of ADRS, a
    death, a new therapy or the last sign of life is a date of ADSL, a censoring at an assessment is the end date of a
    record of ADRS, and a time that ends where it begins is its own STARTDT.

    Parameters
    ----------
    tables : mapping of DataFrame
        time_to_event.
    subjects, responses : DataFrame
        ADSL and ADRS.
    readers : mapping of str to str
        Evaluator -> its character in PARAMCD.
    """
    rows = tables["time_to_event"]
    kinds, known = _parameters(rows, study, readers)
    rows = rows.merge(kinds, on=["endpoint", "compartment", "evaluator", "rule_set"], how="left", validate="m:1")
    reason = rows["reason_code"]
    own = reason.str.replace("_", " ").str.capitalize()
    main = (rows["rule_set"] == "study") & (rows["evaluator"] == study["primary_evaluator"])
    frame = pd.DataFrame(
        {
            "USUBJID": rows["patient_id"],
            "PARAMCD": rows["PARAMCD"],
            "COMPART": upper(rows["compartment"]),
            "RULESET": rows["rule_set"].str.upper(),
            "STARTDT": rows["origin_date"],
            "ADT": rows["end_date"],
            "AVAL": rows["time_months"],
            "AVALU": "MONTHS",
            "AVALDAYS": rows["time_days"],
            "CNSR": rows["status"].map(CNSR).astype("Int64").fillna(COMPETING),
            "EVNTDESC": reason.map(WORDS).astype(STRING).fillna(own),
            "ENDREAS": reason,
            "ANL01FL": yes(main),
            "compartment": rows["compartment"],
            "evaluator": rows["evaluator"],
        }
    )
    frame = with_subject(p.attach(frame, known), subjects)
    frame["ADY"] = relative_day(frame["ADT"], frame["TRTSDT"])
    frame = number(frame, ADTTE.key)
    frame = _sources(frame, subjects, responses, study, readers)
    place = pd.Series(list(zip(frame["SRCDOM"], frame["SRCVAR"], strict=True)), index=frame.index, dtype=object)
    frame["CNSDTDSC"] = place.map(CENSORED_AT).astype(STRING).where(frame["CNSR"] > 0)
    return conform(frame, ADTTE.table)


def _sources(
    frame: pd.DataFrame, subjects: pd.DataFrame, responses: pd.DataFrame, study: Study, readers: Mapping[str, str]
) -> pd.DataFrame:
    """Add SRCDOM, SRCVAR and SRCSEQ; missing where no export holds the date."""
    codes = p.compartment_codes(study)
    frame["overall"] = [
        f"OVR{codes[c]}{readers[e]}" for c, e in zip(frame["compartment"], frame["evaluator"], strict=True)
    ]
    frame["overall"] = frame["overall"].astype(STRING)
    overall = responses[responses["PARAMCD"].str.startswith("OVR")]
    overall = overall.rename(columns={"PARAMCD": "overall", "ASEQ": "seq"})
    dated = overall[["USUBJID", "overall", "AVALC", "ADT", "ASMEDT", "seq"]].sort_values("seq")
    # The first record of a date is the event, the last one the assessment after which nothing is known.
    events = dated.drop_duplicates(["USUBJID", "overall", "ADT", "AVALC"])
    progressed = _matched(frame, events[events["AVALC"] == "PD"], "ADT")
    answers = events[events["AVALC"].isin(["CR", "PR"])].drop_duplicates(["USUBJID", "overall", "ADT"])
    responded = _matched(frame, answers, "ADT")
    seen = dated[dated["AVALC"].isin(ADEQUATE)].drop_duplicates(["USUBJID", "overall", "ASMEDT"], keep="last")
    assessed = _matched(frame, seen, "ASMEDT")
    about = subjects.set_index("USUBJID")
    event, reason = frame["CNSR"] != 1, frame["ENDREAS"]

    def holds(variable: str) -> pd.Series:
        dates = pd.Series(about[variable].reindex(frame["USUBJID"]).to_numpy(), index=frame.index)
        return (dates == frame["ADT"]).fillna(False).astype(bool)

    rules: list[tuple[pd.Series, str, str, pd.Series | None]] = [
        (event & (reason == "death") & holds("DTHDT"), "ADSL", "DTHDT", None),
        (event & (reason == "new_therapy") & holds("NACTDT"), "ADSL", "NACTDT", None),
        ((reason == "progression") & progressed.notna(), "ADRS", "ADT", progressed),
        ((reason == "response") & responded.notna(), "ADRS", "ADT", responded),
        (~event & (reason == "last_known_alive") & holds("LSTALVDT"), "ADSL", "LSTALVDT", None),
        (~event & (frame["ADT"] > frame["STARTDT"]) & assessed.notna(), "ADRS", "ASMEDT", assessed),
        (frame["ADT"] == frame["STARTDT"], "ADTTE", "STARTDT", frame["ASEQ"].astype("Int64")),
        (~event & holds("DCUTDT"), "ADSL", "DCUTDT", None),
    ]
    domain = pd.Series(None, index=frame.index, dtype=STRING)
    variable, sequence = domain.copy(), pd.Series(pd.NA, index=frame.index, dtype="Int64")
    for applies, dataset, name, numbers in reversed(rules):
        domain = domain.mask(applies, dataset)
        variable = variable.mask(applies, name)
        sequence = sequence.mask(applies, pd.NA if numbers is None else numbers)
    return frame.assign(SRCDOM=domain, SRCVAR=variable, SRCSEQ=sequence)


def _matched(frame: pd.DataFrame, records: pd.DataFrame, date: str) -> pd.Series:
    """Return for each time the number of the record of its series on the date at which it ends."""
    found = frame[["USUBJID", "overall", "ADT"]].merge(
        records[["USUBJID", "overall", date, "seq"]].rename(columns={date: "ADT"}),
        on=["USUBJID", "overall", "ADT"],
        how="left",
        validate="m:1",
    )
    return pd.Series(found["seq"].astype("Int64").array, index=frame.index)
