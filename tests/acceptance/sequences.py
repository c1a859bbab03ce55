"""Sequences such as `SD@42 therapy@60 PD@84`: what was seen on which day, and what a study file makes of it."""

import pandas as pd

from acceptance.recist_harness import ROOT
from mesenluth.endpoints.censoring import end_of_time, rules_for
from mesenluth.response.best import best_overall
from mesenluth.study import load
from mesenluth.tables.io import STRING

ORIGIN = pd.Timestamp("2020-01-01")
THEIRS = load(ROOT, ROOT / "studies" / "admiralonco.yaml")
DEFAULT = load(ROOT)


def events_of(text):
    """Split `SD@42 death@84` into what was seen, with its day."""
    return [(what, int(day)) for what, day in (e.split("@") for e in text.split() if "@" in e)]


def best(text, study):
    """Return best and confirmed response of one series, each with its day or None."""
    events = events_of(text)
    rows = pd.DataFrame(
        [("a", w, ORIGIN + pd.Timedelta(days=d)) for w, d in events if w not in ("therapy", "death")],
        columns=["patient_id", "response", "date"],
    ).astype({"patient_id": STRING, "date": "datetime64[us]"})
    series = pd.DataFrame({"patient_id": pd.array(["a"], dtype=STRING), "origin_date": [ORIGIN]})
    therapy = [ORIGIN + pd.Timedelta(days=d) for w, d in events if w == "therapy"]
    series["new_therapy_date"] = pd.Series([*therapy, pd.NaT][:1], dtype="datetime64[us]")
    row = best_overall(rows, series, study["response"], by=["patient_id"]).iloc[0]
    out = {}
    for kind in ("best", "confirmed"):
        date = row[f"{kind}_response_date"]
        out[kind] = row[f"{kind}_response"], None if pd.isna(date) else (date - ORIGIN).days
    return out


def pfs(text, study):
    """Return status, day and reason of progression-free survival, and the time in days as the study counts them."""
    events = dict(events_of(" ".join(e for e in text.split() if e.startswith(("death", "therapy")))))
    seen = [(w, d) for w, d in events_of(text) if w not in ("therapy", "death")]
    series = pd.DataFrame(
        {
            "series": [1],
            "has_baseline": ["no-baseline" not in text],
            "death": [events.get("death")],
            "new_therapy": [events.get("therapy")],
            "other_progression": [None],
            "cut": [None],
        }
    )
    rows = pd.DataFrame(seen, columns=["response", "day"]).assign(series=1)
    got = end_of_time(series, rows, rules_for("study", study["survival"])).iloc[0]
    return got["status"], int(got["day"]), got["reason_code"], int(got["day"]) + study["time"]["add_one_day"]


def answer(kind, text, study):
    """Return a result in the words of the page."""
    if kind == "PFS":
        status, day, _, _ = pfs(text, study)
        return f"PFS {status}, day {day}"
    value, day = best(text, study)[kind]
    return f"{kind} {value}" + ("" if day is None else f", day {day}")
