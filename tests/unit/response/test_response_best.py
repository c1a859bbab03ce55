"""Best overall response from responses at time points: RECIST 1.1, 4.4.3, 4.6 and table 3, beside admiralonco 1.4.0."""

import pandas as pd
import pytest

from acceptance.recist_harness import ROOT, default_study
from mesenluth.response.best import best_overall
from mesenluth.tables.io import STRING

ADMIRAL = pd.read_csv(ROOT / "tests" / "data" / "admiralonco" / "issue_cases_bor.csv").astype(object)
ORIGIN = pd.Timestamp("2020-01-01")


def settings(**changes):
    return default_study()["response"] | changes


def best(events: dict[str, list[tuple[str, pd.Timestamp]]], origins=None, **changes) -> pd.DataFrame:
    rows = [(who, response, date) for who, pairs in events.items() for response, date in pairs]
    frame = pd.DataFrame(rows, columns=["patient_id", "response", "date"]).astype({"patient_id": STRING})
    frame["date"] = pd.to_datetime(frame["date"]).astype("datetime64[us]")
    series = pd.DataFrame({"patient_id": pd.array(list(events), dtype=STRING)})
    series["origin_date"] = pd.to_datetime([(origins or {}).get(w, ORIGIN) for w in events]).astype("datetime64[us]")
    return best_overall(frame, series, settings(**changes), by=["patient_id"]).set_index("patient_id")


def parse(text: object) -> list[tuple[str, pd.Timestamp]]:
    """Read `PR@42 CR@84` as responses and dates."""
    if pd.isna(text):
        return []
    pairs = (e.split("@") for e in str(text).split())
    return [(r, ORIGIN + pd.Timedelta(days=int(d))) for r, d in pairs]


CASES = {row["USUBJID"]: parse(row["seq"]) for _, row in ADMIRAL.iterrows()}
# Table 3, note a: disease after a complete response is progression. admiralonco only warns, which is `flag` here.
AFTER_CR = {"A275_2": ("PD", 60), "A275_3": ("PD", 60)}


def compare(found: pd.DataFrame, kind: str, column: str, except_for: dict[str, tuple[str, float | None]]):
    wrong = []
    for _, row in ADMIRAL.iterrows():
        who = row["USUBJID"]
        right, at = except_for.get(who, (row[column], row[f"{column}_d"]))
        date = found.loc[who, f"{kind}_response_date"]
        seen = found.loc[who, f"{kind}_response"], None if pd.isna(date) else (date - ORIGIN).days
        if seen != (right, None if at is None or pd.isna(at) else int(at)):
            wrong.append((who, row["seq"], seen, (right, at)))
    return wrong


def test_unconfirmed_best_response_is_that_of_admiralonco():
    found = best(CASES)
    assert compare(found, "best", "BOR_event", {}) == []
    assert compare(found, "best", "BOR_fn", {}) == []


@pytest.mark.parametrize("column", ["CBOR_event", "CBOR_fn"])
def test_confirmed_best_response_is_that_of_admiralonco_where_a_cr_then_pr_is_only_flagged(column):
    assert compare(best(CASES, cr_then_pr="flag"), "confirmed", column, {}) == []


def test_confirmed_best_response_where_disease_after_cr_is_progression():
    assert compare(best(CASES), "confirmed", "CBOR_event", AFTER_CR) == []


def test_confirmed_best_response_across_one_sd_and_two_ne():
    """Its run had `missing_as_ne` too."""
    found = best(CASES, cr_then_pr="flag", accept_sd=1, max_not_evaluable=2, missing_as_ne=True)
    assert compare(found, "confirmed", "CBOR_sd_ne2_miss", {}) == []


# The nine patients of admiralonco's own test of the confirmed best response.
STARTS = {
    1: "2020-01-01", 2: "2019-12-12", 3: "2019-11-11", 4: "2019-12-30", 5: "2020-01-01", 6: "2020-02-02",
    7: "2020-02-02", 8: "2020-04-01", 9: "2020-02-01",
}  # fmt: skip
POINTS = {
    1: "2020-01-01 PR 2020-02-01 CR 2020-02-16 NE 2020-03-01 CR 2020-04-01 SD",
    2: "2020-01-01 SD 2020-02-01 PR 2020-03-01 SD 2020-03-13 CR",
    3: "2019-11-12 CR 2019-12-02 CR 2020-01-01 SD",
    4: "2020-01-01 PR 2020-03-01 SD 2020-04-01 SD 2020-05-01 PR 2020-05-15 NON-CR/NON-PD",
    5: "2020-01-01 PR 2020-01-10 SD 2020-01-20 PR 2020-05-15 NON-CR/NON-PD",
    6: "2020-02-06 PR 2020-02-16 CR 2020-03-30 PR",
    7: "2020-02-06 PR 2020-02-16 CR 2020-04-01 NE",
    8: "",
    9: "2020-02-16 PD 2020-03-06 SD",
}


def nine(**changes) -> dict[int, tuple[str, str | None]]:
    events = {}
    for who, text in POINTS.items():
        words = text.split()
        events[str(who)] = [(r, pd.Timestamp(d)) for d, r in zip(words[::2], words[1::2], strict=True)]
    found = best(events, {str(w): pd.Timestamp(d) for w, d in STARTS.items()}, min_sd_days=28, **changes)
    dates = found["confirmed_response_date"]
    return {
        int(w): (found.loc[w, "confirmed_response"], None if pd.isna(dates[w]) else dates[w].strftime("%Y-%m-%d"))
        for w in found.index
    }


RIGHT = {
    1: ("CR", "2020-02-01"), 2: ("SD", "2020-02-01"), 3: ("SD", "2020-01-01"), 4: ("SD", "2020-03-01"),
    5: ("NON-CR/NON-PD", "2020-05-15"), 6: ("SD", "2020-03-30"), 7: ("NE", "2020-02-06"), 8: ("MISSING", None),
    9: ("PD", "2020-02-16"),
}  # fmt: skip


def test_nine_patients_where_a_cr_then_pr_is_only_flagged():
    assert nine(cr_then_pr="flag", max_not_evaluable=1) == RIGHT


def test_nine_patients_where_no_ne_is_allowed():
    """The CR of patient 1 then lacks its confirmation; the PR before it has one."""
    assert nine(cr_then_pr="flag", max_not_evaluable=0) == RIGHT | {1: ("PR", "2020-01-01")}


def test_nine_patients_where_disease_after_cr_is_progression():
    """Patients 3 and 6 had no CR long enough for SD before disease came back (table 3, note a)."""
    assert nine() == RIGHT | {3: ("PD", "2020-01-01"), 6: ("PD", "2020-03-30")}


def test_nine_patients_where_the_cr_was_a_pr():
    assert nine(cr_then_pr="pr") == RIGHT | {6: ("PR", "2020-02-06")}


def test_nine_patients_with_14_days_and_one_sd():
    """Settings of admiralonco's second test: 1 PR, 2 PR, 3 CR, 4 SD, 5 PR, 6 SD, 8 NE, 9 PD."""
    found = nine(cr_then_pr="flag", confirmation_interval_days=14, accept_sd=1, max_not_evaluable=0, missing_as_ne=True)
    responses = {w: r for w, (r, _) in found.items()}
    assert responses == {1: "PR", 2: "PR", 3: "CR", 4: "SD", 5: "PR", 6: "SD", 7: "NE", 8: "NE", 9: "PD"}


# RECIST 1.1, table 3: first time point, second one, then the confirmed response if SD lasted long enough, and if not.
TABLE_3 = [
    ("CR", "CR", "CR", "CR"),
    ("CR", "PR", "SD", "PD"),
    ("CR", "SD", "SD", "PD"),
    ("CR", "PD", "SD", "PD"),
    ("CR", "NE", "SD", "NE"),
    ("PR", "CR", "PR", "PR"),
    ("PR", "PR", "PR", "PR"),
    ("PR", "SD", "SD", "SD"),
    ("PR", "PD", "SD", "PD"),
    ("PR", "NE", "SD", "NE"),
    ("NE", "NE", "NE", "NE"),
]


@pytest.mark.parametrize(("first", "second", "long", "short"), TABLE_3)
def test_table_3(first, second, long, short):
    found = best(
        {"long": parse(f"{first}@60 {second}@100"), "short": parse(f"{first}@30 {second}@70")},
    )
    assert found["confirmed_response"].to_dict() == {"long": long, "short": short}


@pytest.mark.parametrize(
    ("sequence", "flag", "pd_", "pr"),
    [
        ("CR@42 PR@84 PR@126", "PR", "SD", "PR"),
        ("PR@42 CR@52 PR@84", "SD", "SD", "PR"),
        ("CR@20 PR@60", "SD", "PD", "PR"),
    ],
)
def test_a_pr_after_a_cr_under_each_convention(sequence, flag, pd_, pr):
    for convention, right in (("flag", flag), ("pd", pd_), ("pr", pr)):
        assert best({"a": parse(sequence)}, cr_then_pr=convention).loc["a", "confirmed_response"] == right
    assert best({"a": parse(sequence)}, cr_then_pr="pr").loc["a", "best_response"] == "PR"
    assert best({"a": parse(sequence)}).loc["a", "best_response"] == "CR"


def test_dates_that_endpoints_need():
    found = best({"a": parse("SD@50 PR@90 NE@120 PD@150 PR@180"), "b": parse("SD@50 NE@90"), "c": parse("NE@50")})
    days = (found.filter(regex="^(first|last)").sub(ORIGIN) / pd.Timedelta(days=1)).astype(object)
    days = days.where(days.notna(), None)
    assert days.loc["a"].tolist() == [90, None, 150, 150]
    assert days.loc["b"].tolist() == [None, None, None, 50]
    assert days.loc["c"].tolist() == [None, None, None, None]


@pytest.mark.parametrize(
    ("sequence", "right"),
    [
        ("SD@84 PD@84", "PD"),
        ("PR@84 NE@84", "PR"),
        ("CR@84 PR@84", "PR"),
        ("NE@84 PD@84", "PD"),
        ("SD@84 NON-CR/NON-PD@84", "NON-CR/NON-PD"),
    ],
)
def test_of_two_responses_on_one_date_the_worst_evaluable_counts(sequence, right):
    assert best({"a": parse(sequence)}).loc["a", "best_response"] == right


def test_a_confirmed_response_is_dated_by_the_scan_that_shows_it_not_by_the_one_that_confirms_it():
    """The PR of day 42 is confirmed on day 84; the best confirmed response, a CR, is seen on day 84 and later again."""
    row = best({"a": parse("PR@42 CR@84 CR@126")}).loc["a"]
    assert [(row[c] - ORIGIN).days for c in ("first_response_date", "first_confirmed_date")] == [42, 42]
    assert (row["confirmed_response"], (row["confirmed_response_date"] - ORIGIN).days) == ("CR", 84)
    # The first response is not the first confirmed one where progression or stability comes in between.
    row = best({"a": parse("PR@42 SD@84 PR@126 PR@168")}).loc["a"]
    assert [(row[c] - ORIGIN).days for c in ("first_response_date", "first_confirmed_date")] == [42, 126]


def test_a_patient_without_assessment_is_missing_or_ne_as_the_study_says():
    events = {"never": [], "unseen": parse("NE@42")}
    for as_ne, word in ((False, "MISSING"), (True, "NE")):
        found = best(events, missing_as_ne=as_ne)
        for column in ("best_response", "confirmed_response"):
            assert found[column].to_dict() == {"never": word, "unseen": "NE"}
        assert pd.isna(found.loc["never", "best_response_date"])


def test_nothing_counts_before_day_0():
    """Not as a response, and not as the progression after which nothing counts. Day 0 itself does."""
    found = best({"early": parse("CR@-3 SD@60"), "progressed": parse("PD@-3 PR@60"), "only": parse("CR@-3")})
    assert found["best_response"].to_dict() == {"early": "SD", "progressed": "PR", "only": "MISSING"}
    assert best({"a": parse("PD@0 PR@60")}).loc["a", "best_response"] == "PD"


def test_nothing_counts_after_a_new_therapy_but_the_day_itself_does():
    frame = pd.DataFrame(parse("SD@60 PR@100 CR@140"), columns=["response", "date"]).assign(patient_id="a")
    series = pd.DataFrame({"patient_id": ["a"], "origin_date": [ORIGIN], "new_therapy_date": [parse("x@100")[0][1]]})
    stopped = best_overall(frame, series, settings(), by=["patient_id"])
    assert stopped["best_response"].tolist() == ["PR"]
    going_on = best_overall(frame, series, settings(stop_at_new_therapy=False), by=["patient_id"])
    assert going_on["best_response"].tolist() == ["CR"]


def test_an_unconfirmed_response_without_targets_counts_as_non_cr_non_pd():
    frame = pd.DataFrame(parse("CR@60"), columns=["response", "date"]).assign(patient_id="a")
    series = pd.DataFrame({"patient_id": ["a"], "origin_date": [ORIGIN], "has_targets": [False]})
    assert best_overall(frame, series, settings(), by=["patient_id"])["confirmed_response"].tolist() == [
        "NON-CR/NON-PD"
    ]
