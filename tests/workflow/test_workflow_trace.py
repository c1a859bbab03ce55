"""From every estimate of the default study down to records, and from records up to every estimate."""

import json

import pytest

from mesenluth.errors import ConfigurationError
from mesenluth.provenance.place import Place, read_rows
from mesenluth.provenance.trace import estimates, trace
from mesenluth.provenance.verdicts import counted_by, kind_of
from workflow.harness import mesenluth


@pytest.fixture(scope="module")
def place(ran):
    return Place.of_run(ran[0], "results")


def titles(node) -> list[str]:
    return [node.title, *(t for c in node.children for t in titles(c))]


def child(node, start):
    return next(c for c in node.children if c.title.startswith(start))


def test_the_patients_of_every_proportion_are_as_many_as_it_says(place):
    looked_at = 0
    for row in place.rows("estimates", [("statistic", "=", "proportion")]):
        if row["subgroup"] is None:
            counted = counted_by(row, place)
            assert (sum(c.event for c in counted), len(counted)) == (row["numerator"], row["denominator"]), row
            looked_at += 1
    assert looked_at > 90


def test_the_patients_of_every_time_to_an_event_are_as_many_as_it_says(place):
    looked_at = 0
    for row in place.rows("estimates", [("statistic", "=", "events"), ("definition", "in", ["study", "fda", "ema"])]):
        if (
            row["subgroup"] is None
            and " vs " not in row["compartment"]
            and row["population"] in ("included", "responders")
        ):
            counted = counted_by(row, place)
            if row["numerator"] is not None and len(counted) == row["denominator"]:
                assert sum(c.event for c in counted) == row["numerator"], row
                looked_at += 1
    assert looked_at >= 15


def test_the_flow_of_patients_is_traced(place):
    for row in place.rows("estimates", [("endpoint", "=", "population")]):
        counted = counted_by(row, place)
        assert kind_of(row["endpoint"], place) == "population"
        assert sum(c.event for c in counted) == row["numerator"], row


def test_a_responder_is_followed_to_the_records_that_decided(place):
    node = trace("objective_response:mesenteric:proportion", place)
    assert node.title == "objective_response:mesenteric:proportion = 2/52 (3.8 %; 95 % CI 0.5-13.2)"
    responders = child(node, "with the event: 2")
    for patient in responders.children:
        deciding = child(patient, "time point")
        assert deciding.facts["rule"] == "target.pr.sum"
        assert "partial response" in deciding.facts["sentence"]
        ids = [t for t in titles(deciding) if t.count(":") == 2]
        assert any(i.startswith("mesure:") for i in ids)
        # The records are there as they were delivered, and lead back to the estimate.
        for record_id in ids:
            back = trace(record_id, place)
            assert child(back, "as delivered").facts["patient_id"] == patient.title.removeprefix("patient ")
            touched = child(back, "touches")
            assert "objective_response:mesenteric:proportion" in [c.title for c in touched.children]


def test_a_death_is_followed_to_its_record(place):
    died = child(trace("overall_survival:whole_patient:events", place), "with the event").children[0]
    [found] = died.children
    assert found.title == f"follow_up, {died.facts['end_date']}: dead"
    assert found.children[0].title.startswith("suivi:")


def test_a_box_of_the_flow_lists_its_patients(place):
    node = trace("flow:box=excluded:criterion=retractile:reason=not_met", place)
    [cell] = node.children
    assert f"patients={len(cell.children)}" in cell.title


def test_a_record_touches_its_own_compartment_alone(place):
    [change] = place.rows(
        "lesion_changes", [("compartment", "=", "non_mesenteric"), ("timepoint", "=", 1), ("status", "=", "measured")]
    )[:1]
    node = trace(change["record_ids"].split()[0], place)
    names = [c.title for c in child(node, "touches").children]
    assert "objective_response:non_mesenteric:proportion" in names
    assert "objective_response:whole_patient:proportion" in names
    assert "objective_response:mesenteric:proportion" not in names
    assert not any(n.startswith(("clinical_response", "complications", "metabolic")) for n in names)


def test_an_excluded_patient_says_by_what_and_at_which_step(place):
    row = place.rows("cohort", [("excluded_by", "=", "retractile")])[0]
    node = trace(row["patient_id"], place)
    assert node.facts["excluded at step"] == "classify (eligibility)"
    assert node.facts["excluded by"] == "retractile"
    assert child(node, "eligibility").facts["mesenteric_mass"] == "met"


def test_a_quarantined_record_says_by_which_rule(place):
    finding = place.rows("findings", [("disposition", "=", "quarantined"), ("table", "=", "measurements")])[0]
    node = trace(finding["record_id"], place)
    assert node.facts["validate"] == "quarantined: see the findings"
    assert any(finding["rule"] in c.title for c in node.children)
    assert not any(c.title.startswith("touches") for c in node.children)


def test_a_record_after_the_cut_says_so(place):
    typed = {r["record_id"] for r in place.rows("scans", columns=["record_id"], folder="registry/")}
    late = [r for r in read_rows(place.stored("scans"), columns=["record_id"]) if r["record_id"] not in typed]
    node = trace(late[0]["record_id"], place)
    assert node.facts["extract"] == "left out: dated after the cut of 2023-06-30"


def test_a_bar_of_a_figure_is_followed_to_its_patient(place):
    node = trace("waterfall_mesenteric:position=1", place)
    [cell] = node.children
    [patient] = cell.children
    assert f"patient_id={patient.title.removeprefix('patient ')}" in cell.title
    assert any("responses, mesenteric" in t for t in titles(patient))


def test_rows_called_alike_are_told_apart(place):
    assert estimates("objective_response:mesenteric:proportion", place)[0]["definition"] == "study"
    [row, *_] = estimates("objective_response:mesenteric:proportion:definition=confirmed:method=wilson", place)
    assert (row["definition"], row["method"], row["numerator"]) == ("confirmed", "wilson", 1)
    for subject, said in (
        ("objective_response:liver:proportion", "no such estimate"),
        ("objective_response:mesenteric:proportion:nation=fr", "no column nation"),
        ("nobody", "no estimate, figure, patient or record"),
        ("waterfall_mesenteric:position=999", "shows no such row"),
    ):
        with pytest.raises(ConfigurationError, match=said):
            trace(subject, place)


def test_text_json_and_page_hold_the_same(place):
    node = trace("complications:mesenteric:proportion", place)
    plain = json.loads(json.dumps(node.plain()))
    text, page = "\n".join(node.lines()), node.page()
    for title in titles(node):
        assert title in text
        assert title.replace("&", "&amp;") in page
    assert plain["title"] == node.title
    assert "http" not in page.replace("http-equiv", "")


def test_the_command_answers_in_its_three_forms(ran, tmp_path):
    said = mesenluth(
        ran[0], "trace", "clinical_response:mesenteric:proportion", "--json", "--html", str(tmp_path / "t.html")
    )
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout)["title"].startswith("clinical_response:mesenteric:proportion = 12/26")
    assert (tmp_path / "t.html").read_text().startswith("<!doctype html>")
    assert mesenluth(ran[0], "trace", "nobody").returncode == 2
