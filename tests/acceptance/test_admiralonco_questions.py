"""Questions that users asked of admiralonco in public, each with the answer here.

The number is that of pharmaverse/admiralonco's tracker unless another project is named. What the cases of
tests/data/admiralonco answer (#22, #23, #24, #93, #244, #253, #275) is in test_admiralonco_cases.py; where RECIST 1.1
leaves the answer to the protocol, the switch is named.
"""

import pandas as pd
import pytest

from acceptance.case_files import recist
from acceptance.sequences import DEFAULT, THEIRS, best, pfs
from mesenluth.registry.sdtm_dates import complete
from mesenluth.study import merge
from mesenluth.tables.io import STRING

RESPONSES = [
    # Only progression, early; only progression, late: progression both times.
    ("#93", "PD@20", {}, ("PD", 20), ("PD", 20)),
    ("#93", "PD@200", {}, ("PD", 200), ("PD", 200)),
    # A PR after a CR: progression by table 3, note a; or reported only; or the CR was a PR.
    ("#87", "CR@42 PR@84 PR@126", {"cr_then_pr": "pd"}, ("CR", 42), ("SD", 42)),
    ("#87", "CR@42 PR@84 PR@126", {"cr_then_pr": "flag"}, ("CR", 42), ("PR", 84)),
    ("#87", "CR@42 PR@84 PR@126", {"cr_then_pr": "pr"}, ("PR", 42), ("PR", 42)),
    ("review of #35", "PR@42 CR@52 PR@84", {"cr_then_pr": "pd"}, ("CR", 52), ("SD", 42)),
    ("review of #35", "PR@42 CR@52 PR@84", {"cr_then_pr": "pr"}, ("PR", 42), ("PR", 42)),
    # Two visits on one day are one record, the worst that says something; it still confirms the response.
    ("#78", "PR@42 PR@84 NE@84", {}, ("PR", 42), ("PR", 42)),
    ("#78", "PR@42 PD@84 NE@84", {}, ("PR", 42), ("SD", 42)),
    ("#78", "NE@84 CR@84", {}, ("CR", 84), ("SD", 84)),
    # Nothing after a new therapy counts, but the day it begins does; without one nothing is lost.
    ("#107, #96, #86", "SD@42 PD@84", {}, ("SD", 42), ("SD", 42)),
    ("#107, #96, #86", "therapy@84 PD@84", {}, ("PD", 84), ("PD", 84)),
    ("#107, #96, #86", "therapy@83 PD@84", {}, ("NE", None), ("NE", None)),
]


@pytest.mark.parametrize(("where", "text", "switches", "unconfirmed", "confirmed"), RESPONSES)
def test_responses(where, text, switches, unconfirmed, confirmed):
    study = merge(DEFAULT, {"response": switches})
    assert best(text, study) == {"best": unconfirmed, "confirmed": confirmed}
    # admiral#2481: the order of the records does not matter.
    assert best(" ".join(reversed(text.split())), study) == best(text, study)


@pytest.mark.parametrize(
    ("text", "default", "theirs"),
    [
        # A missing date of new therapy does not lose the event; on the very day progression comes before the therapy.
        ("SD@42 PD@84", (84, "event"), (84, "event")),
        ("SD@42 PD@84 therapy@84", (84, "event"), (84, "event")),
        ("SD@42 therapy@83 PD@84", (42, "censored"), (84, "event")),
    ],
)
def test_times_beside_a_new_therapy(text, default, theirs):
    """#107, #96, #86."""
    for study, right in ((DEFAULT, default), (THEIRS, theirs)):
        status, day, _, _ = pfs(text, study)
        assert (day, status) == right


LESIONS = [
    # #95: no disease at baseline is NED as long as nothing is seen, and a new lesion is progression.
    {
        "id": "no_disease_at_baseline",
        "lesions": {"N1": {"role": "nontarget"}, "X1": {"role": "new"}, "L1": {"role": "target"}},
        "compartments": {"elsewhere": ["X1"], "liver": ["L1", "N1"]},
        "assessments": [
            {"day": -7, "L1": 20, "N1": "present"}, {"day": 42, "L1": 20, "N1": "present"},
            {"day": 84, "L1": 20, "N1": "present", "X1": "present"},
        ],
        "expect": [
            {"day": 42, "compartment": "elsewhere", "overall": "NED"},
            {"day": 84, "compartment": "elsewhere", "overall": "PD"},
            {"day": 84, "compartment": "liver", "overall": "SD"},
        ],
        "best": {"elsewhere": {"unconfirmed": "PD", "confirmed": "PD"}},
    },
    # PR#194: lesions that merged are complete as one: 38 mm over 35 mm is +3 mm and +8.6 %.
    {
        "id": "merged_lesions_are_a_complete_set",
        "lesions": {"T1": {"role": "target"}, "T2": {"role": "target", "merged_into": "T1", "merged_day": 84}},
        "assessments": [{"day": -7, "T1": 20, "T2": 15}, {"day": 84, "T1": 38}],
        "expect": [
            {"day": 84, "baseline_mm": 35, "sum_mm": 38, "sum_complete": True, "change_from_nadir_pct": 8.571429,
             "target": "SD", "overall": "SD"}
        ],
    },
    # PR#194: 3 mm over a nadir of 0 is short of 5 mm; it is progression because disease came back after a CR, and the
    # change from a nadir of 0 has no percentage.
    {
        "id": "nadir_of_0_then_3_mm",
        "lesions": {"T1": {"role": "target"}},
        "assessments": [{"day": -7, "T1": 40}, {"day": 84, "T1": "absent"}, {"day": 168, "T1": 3}],
        "expect": [
            {"day": 84, "overall": "CR"},
            {"day": 168, "nadir_mm": 0, "change_from_nadir_mm": 3, "change_from_nadir_pct": None, "overall": "PD",
             "rule": "overall.pd.reappearance"},
        ],
        "best": {"unconfirmed": "CR", "confirmed": "SD"},
    },
    {
        "id": "nadir_of_0_then_a_node_of_9_mm",
        "lesions": {"T1": {"role": "target", "nodal": True}},
        "assessments": [{"day": -7, "T1": 20}, {"day": 84, "T1": "absent"}, {"day": 168, "T1": 4}],
        "expect": [{"day": 168, "overall": "CR"}],
    },
]  # fmt: skip


@pytest.mark.parametrize("case", LESIONS, ids=[c["id"] for c in LESIONS])
def test_lesions(case):
    assert recist(case) == []


@pytest.mark.parametrize(
    ("text", "how", "right"),
    [
        (None, "last", None),  # admiral#1646: nothing is not imputed
        ("2024-02", "last", "2024-02-29"),
        ("2024-02", "first", "2024-02-01"),
        ("2014-03", "last", "2014-03-31"),  # RConsortium/submissions-pilot3-adam#94
        ("2020-02-31", "last", "2020-02-31"),  # admiral#3014: no date, so it stays as delivered and cannot be read
        ("2024-02", "refuse", "2024-02"),
    ],
)
def test_dates(text, how, right):
    row = pd.DataFrame({"subject": ["a"], "dtc": [text], "day": [None], "visit": ["1"], "reference": [None]})
    dates, notes = complete(row.astype(STRING), how, "RSDTC")
    assert (None if pd.isna(dates[0]) else dates[0]) == right
    assert any("no whole date" in n for n in notes) == (right in ("2020-02-31", "2024-02"))
