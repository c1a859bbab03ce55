"""Complications: which adverse events count, and their window around the treatment."""

import pandas as pd

from acceptance.recist_harness import DAY_0, day, table
from mesenluth.response.complications import complications

INCLUDED = pd.DataFrame({"patient_id": ["P1"], "origin_date": pd.Series([DAY_0]).astype("datetime64[us]")})
COMPLICATIONS = {"terms": ["ileus"], "attributed": "mesenteric", "min_grade": 2, "days_after_administration": 90}
PRRT = {"column": "product", "in": ["177Lu-DOTATATE"]}


def counted(events, **changes):
    """Judge events [(name, day, grade, mesenteric, term)] of a patient treated on days 0 and 60."""
    rows = [
        {"patient_id": "P1", "adverse_event_id": n, "start_date": day(d), "ctcae_grade": g, "mesenteric": m, "term": t}
        for n, d, g, m, t in events
    ]
    doses = [
        {"patient_id": "P1", "administration_id": str(d), "administration_date": day(d), "product": p}
        for d, p in ((0, "177Lu-DOTATATE"), (60, "177Lu-DOTATATE"), (400, "placebo"))
    ]
    tables = table("adverse_events", rows), table("administrations", doses)
    return complications(*tables, INCLUDED, PRRT, COMPLICATIONS | changes)


def test_complications_of_the_study():
    events = [
        ("a before", -1, 3, True, "ileus"),
        ("b on the day", 0, 3, True, "ileus"),
        ("c at the edge", 150, 2, True, "ileus"),
        ("d too late", 151, 2, True, "ileus"),
        ("e too mild", 70, 1, True, "ileus"),
        ("f of another origin", 70, 3, False, "ileus"),
        ("g of unknown origin", 70, 3, None, "ileus"),
        ("h another term", 70, 3, True, "fatigue"),
        ("i after another product", 410, 3, True, "ileus"),
    ]
    found = counted(events)
    assert found["adverse_event_id"].tolist() == ["b on the day", "c at the edge"]
    assert found["day"].tolist() == [0, 150]
    assert found["days_since_administration"].tolist() == [0, 90]
    assert found["record_ids"].tolist() == ["adverse_events:1 administrations:0", "adverse_events:2 administrations:1"]
    anybody = counted(events, attributed="any", min_grade=1)
    assert anybody["adverse_event_id"].str[0].tolist() == ["b", "c", "e", "f", "g"]


def test_no_complications():
    assert counted([]).empty
    assert counted([("a", 300, 3, True, "ileus")]).empty


def test_each_event_names_the_administration_before_it_and_its_grading():
    row = counted([("a", 70, 3, True, "ileus")]).iloc[0]
    assert (row["administration_id"], row["administration_date"]) == ("60", day(60))
    assert (row["days_since_administration"], row["day"]) == (10, 70)
    assert (row["grading"], row["rule"]) == ("CTCAE v5.0", "complication.in_window")


def test_the_window_ends_with_its_last_day():
    """90 days after the administration of day 60 is day 150."""
    events = [("a", 150, 3, True, "ileus"), ("b", 151, 3, True, "ileus")]
    assert counted(events)["adverse_event_id"].tolist() == ["a"]
    assert counted(events, days_after_administration=91)["adverse_event_id"].tolist() == ["a", "b"]
    assert counted(events, days_after_administration=89).empty
    assert counted([("c", 60, 3, True, "ileus")], days_after_administration=0)[
        "days_since_administration"
    ].tolist() == [0]


def test_each_grade_from_the_lowest_asked_for_counts():
    events = [(str(g), 70, g, True, "ileus") for g in (1, 2, 3, 4, 5)]
    for lowest in (1, 2, 3, 4, 5):
        found = counted(events, min_grade=lowest)["ctcae_grade"].tolist()
        assert found == list(range(lowest, 6))
