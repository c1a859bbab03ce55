"""The ADaM data sets are the tables of the workflow, record by record, under the names a statistical programmer knows."""

import pandas as pd
import pytest
from adam_samples import STUDIES, bds, sample

from mesenluth.adam.conformance import problems
from mesenluth.adam.contracts import DATASETS, RESPONSE_CODES
from mesenluth.adam.parameters import compartment_codes
from mesenluth.endpoints import cohorts
from mesenluth.endpoints.baseline import baseline_characteristics

KEYS = ["patient_id", "compartment", "evaluator"]


@pytest.fixture(params=STUDIES)
def made(request):
    return sample(request.param)


def reader(frame, prefix):
    """The evaluator of a record, as the workflow names it."""
    return frame[f"{prefix}EVALID"].fillna(frame[f"{prefix}EVAL"]).str.lower().str.replace(" ", "_")


def compartment(frame):
    return frame["COMPART"].str.lower().str.replace(" ", "_")


def same(found, wanted, columns):
    """Assert that two tables hold the same rows."""
    left, right = (
        f[columns].astype(object).where(f[columns].notna(), None).sort_values(columns, ignore_index=True)
        for f in (found, wanted)
    )
    pd.testing.assert_frame_equal(left, right, check_dtype=False)


def test_every_export_keeps_the_guide(made):
    assert problems(made.frames, DATASETS) == []


def test_subjects_are_the_included_patients_and_no_others(made):
    cohort = made.tables["cohort"]
    assert list(made.frames["adsl"]["USUBJID"]) == sorted(cohort.loc[cohort["included"], "patient_id"])


def test_the_default_study_has_its_52_subjects():
    subjects = sample("mesenluth").frames["adsl"]
    assert len(subjects) == 52
    assert set(subjects["TRT01A"]) == {"177Lu-DOTATATE"} and set(subjects["TRT01P"]) == {"177Lu-DOTATATE PRRT"}


def test_arms_actually_given_are_kept_apart():
    """One label stands for the study treatment; what was given is told by its product."""
    subjects = sample("cdisc_pilot_recist").frames["adsl"]
    assert subjects["TRT01P"].nunique() == 1
    assert set(subjects["TRT01A"]) <= {"Placebo", "Xanomeline Low Dose", "Xanomeline High Dose"}
    assert subjects["TRT01A"].nunique() > 1


def test_ages_and_sexes_are_those_of_the_table_of_baseline_characteristics():
    made = sample("mesenluth")
    study = {**made.study, "baseline": {"variables": ["age", "sex"]}}
    lines = baseline_characteristics(made.tables, study)
    age = lines[(lines["variable"] == "age") & (lines["statistic"] == "median")].iloc[0]
    subjects = made.frames["adsl"]
    assert subjects["AGE"].astype("float64").median() == age["value"]
    female = lines[(lines["level"] == "F") & (lines["statistic"] == "count")].iloc[0]
    assert (subjects["SEX"] == "F").sum() == female["value"]


def test_efficacy_population_is_who_could_be_judged(made):
    best = made.tables["best_responses"]
    study = made.study
    mine = best[
        (best["compartment"] == study["primary"]["compartment"]) & (best["evaluator"] == study["primary_evaluator"])
    ]
    judged = mine.loc[~mine["best_response"].isin(["NE", "MISSING", "NED"]), "patient_id"]
    subjects = made.frames["adsl"]
    assert set(subjects.loc[subjects["EFFFL"] == "Y", "USUBJID"]) == set(judged)


def test_deaths_are_those_of_overall_survival():
    made = sample("mesenluth")
    died = bds(made.frames, "adtte", PARAMCD="OS", CNSR=0)
    subjects = made.frames["adsl"].set_index("USUBJID")
    assert len(died) == 14 == (subjects["DTHFL"] == "Y").sum()
    assert (subjects.loc[died["USUBJID"], "DTHDT"].to_numpy() == died["ADT"].to_numpy()).all()
    alive = bds(made.frames, "adtte", PARAMCD="OS", CNSR=1)
    assert (subjects.loc[alive["USUBJID"], "LSTALVDT"].to_numpy() == alive["ADT"].to_numpy()).all()


def test_best_responses_are_those_of_the_workflow(made):
    for stem, column in (("BOR", "best_response"), ("CBOR", "confirmed_response")):
        records = made.frames["adrs"]
        records = records[records["PARCAT1"].eq("Best Overall Response") & records["PARAMCD"].str.startswith(stem)]
        found = pd.DataFrame(
            {"patient_id": records["USUBJID"], "compartment": compartment(records), "evaluator": reader(records, "RS"),
             column: records["AVALC"], f"{column}_date": records["ADT"]}
        )  # fmt: skip
        same(found, made.tables["best_responses"], [*KEYS, column, f"{column}_date"])


def test_responses_at_time_points_are_those_of_the_workflow(made):
    points = made.tables["timepoint_responses"]
    for stem, column in (("OVR", "overall_response"), ("TRG", "target_response"), ("NTRG", "nontarget_response")):
        records = made.frames["adrs"][made.frames["adrs"]["PARAMCD"].str.startswith(stem)]
        found = pd.DataFrame(
            {"patient_id": records["USUBJID"], "compartment": compartment(records), "evaluator": reader(records, "RS"),
             "timepoint": records["AVISITN"].astype("int64"), column: records["AVALC"],
             "assessment_date": records["ASMSDT"], "last_date": records["ASMEDT"]}
        )  # fmt: skip
        wanted = points[points[column].notna()]
        same(found, wanted, [*KEYS, "timepoint", column, "assessment_date", "last_date"])
    new = made.frames["adrs"][made.frames["adrs"]["PARAMCD"].str.startswith("NEWL")]
    assert len(new) == len(points) and (new["AVALC"] == "Y").sum() == points["new_lesion"].sum()


def test_a_progression_is_dated_by_the_study_s_convention(made):
    overall = made.frames["adrs"][made.frames["adrs"]["PARAMCD"].str.startswith("OVR")]
    points = made.tables["timepoint_responses"]
    progressed = overall[overall["AVALC"] == "PD"]
    assert sorted(progressed["ADT"]) == sorted(points.loc[points["overall_response"] == "PD", "progression_date"])


def test_codes_of_responses_are_those_in_general_use():
    assert RESPONSE_CODES == {"CR": 1, "PR": 2, "SD": 3, "NON-CR/NON-PD": 4, "PD": 5, "NE": 6, "MISSING": 7, "NED": 8}
    for name in STUDIES:
        records = sample(name).frames["adrs"]
        records = records[~records["PARAMCD"].str.startswith("NEWL")]
        assert (records["AVALC"].map(RESPONSE_CODES) == records["AVAL"]).all()


def test_lesions_are_those_of_the_workflow(made):
    records = made.frames["adtr"][made.frames["adtr"]["TRLNKID"].notna()]
    lesions = made.tables["lesion_changes"]
    found = pd.DataFrame(
        {"patient_id": records["USUBJID"], "evaluator": reader(records, "TR"), "lesion_id": records["TRLNKID"],
         "timepoint": records["AVISITN"].astype("int64"), "diameter_mm": records["LSDIAM"],
         "assessment_date": records["ADT"], "compartment": compartment(records)}
    )  # fmt: skip
    same(found, lesions, list(found.columns))
    target = records[records["TRGRPID"] == "TARGET"]
    assert target["AVAL"].equals(target["LSDIAM"]) and target["AVALC"].isna().all()
    assert records.loc[records["TRGRPID"] != "TARGET", "AVAL"].isna().all()


def test_a_lesion_keeps_its_number_and_shares_it_with_nobody(made):
    records = made.frames["adtr"][made.frames["adtr"]["TRLNKID"].notna()]
    pairs = records[["USUBJID", "PARAMCD", "TRLNKID"]].drop_duplicates()
    assert not pairs.duplicated(["USUBJID", "PARAMCD"]).any() and not pairs.duplicated(["USUBJID", "TRLNKID"]).any()


def test_the_mass_is_measured_by_its_longest_diameter_though_it_is_a_node():
    records = bds(sample("mesenluth").frames, "adtr", COMPART="MESENTERIC", TRGRPID="TARGET")
    lesions = records[records["TRLNKID"].notna()]
    assert set(lesions["TRTESTCD"]) == {"LDIAM"} and set(lesions["NODALFL"]) == {"Y"}
    others = bds(sample("mesenluth").frames, "adtr", COMPART="NON MESENTERIC", TRGRPID="TARGET")
    assert set(others[others["NODALFL"] == "Y"]["TRTESTCD"]) == {"LPERP"}


def test_sums_and_their_changes_are_those_of_the_workflow(made):
    records = made.frames["adtr"][made.frames["adtr"]["TRTESTCD"] == "SUMDIAM"]
    points = made.tables["timepoint_responses"]
    wanted = points[points["targets"] > 0]
    after = records[records["AVISITN"] > 0]
    found = pd.DataFrame(
        {"patient_id": after["USUBJID"], "compartment": compartment(after), "evaluator": reader(after, "TR"),
         "timepoint": after["AVISITN"].astype("int64"), "sum_mm": after["AVAL"], "baseline_mm": after["BASE"],
         "nadir_mm": after["NADIR"], "change_from_baseline_percent": after["PCHG"], "change_from_baseline_mm": after["CHG"],
         "change_from_nadir_percent": after["PCHGNAD"], "last_date": after["ADT"]}
    )  # fmt: skip
    same(found, wanted, list(found.columns))
    at_base = records[records["AVISITN"] == 0]
    best = made.tables["best_responses"]
    assert len(at_base) == ((best["targets"] > 0) & best["baseline_mm"].notna()).sum()
    assert (at_base["ABLFL"] == "Y").all() and at_base["CHG"].isna().all()
    assert (after.loc[after["ANL01FL"] == "Y", "NTARGEV"] == after.loc[after["ANL01FL"] == "Y", "NTARGET"]).all()


def test_times_are_those_of_the_workflow(made):
    times, records = made.tables["time_to_event"], made.frames["adtte"]
    assert len(records) == len(times)
    main = times[times["evaluator"] == made.study["primary_evaluator"]]
    letters = {"study": "", "fda": "F", "ema": "E"}
    stems = {
        "progression_free_survival": "PFS", "overall_survival": "OS", "time_to_progression": "TTP",
        "time_to_response": "TTR", "duration_of_response": "DOR",
    }  # fmt: skip
    for (endpoint, part, rules), rows in main.groupby(["endpoint", "compartment", "rule_set"]):
        code = stems[endpoint] + letters[rules] + compartment_codes(made.study)[part]
        mine = records[records["PARAMCD"] == code].sort_values("USUBJID")
        rows = rows.sort_values("patient_id")
        assert list(mine["USUBJID"]) == list(rows["patient_id"])
        assert (mine["AVAL"].to_numpy() == rows["time_months"].to_numpy()).all()
        assert (mine["AVALDAYS"].to_numpy() == rows["time_days"].to_numpy()).all()
        assert (mine["ADT"].to_numpy() == rows["end_date"].to_numpy()).all()
        assert (mine["STARTDT"].to_numpy() == rows["origin_date"].to_numpy()).all()
        assert list(mine["CNSR"]) == [int(s == "censored") for s in rows["status"]]
        assert list(mine["ENDREAS"]) == list(rows["reason_code"])


def test_events_of_the_default_study():
    """As the workflow counts them, by hand from the results page: 10 and 25 events under the study's rules."""
    frames = sample("mesenluth").frames
    events = {c: int((bds(frames, "adtte", PARAMCD=c)["CNSR"] == 0).sum()) for c in ("PFSMES", "PFSNME", "PFS", "OS")}
    assert events == {"PFSMES": 10, "PFSNME": 25, "PFS": 18, "OS": 14}


def test_every_time_leads_to_the_record_that_holds_its_date(made):
    frames = made.frames
    times = frames["adtte"]
    assert times["SRCDOM"].notna().all()
    for (domain, variable), rows in times.groupby(["SRCDOM", "SRCVAR"]):
        source = frames[domain.lower()]
        if domain == "ADSL":
            assert rows["SRCSEQ"].isna().all()
            dates = rows[["USUBJID"]].merge(source[["USUBJID", variable]], on="USUBJID", how="left")[variable]
        else:
            numbered = source[["USUBJID", "ASEQ", variable]].rename(columns={"ASEQ": "SRCSEQ", variable: "held"})
            asked = rows[["USUBJID", "SRCSEQ"]].astype({"SRCSEQ": "int64"})
            dates = asked.merge(numbered, on=["USUBJID", "SRCSEQ"], how="left")["held"]
        assert list(dates) == list(rows["ADT"]), (domain, variable)
    told = times[times["SRCDOM"] == "ADRS"].merge(
        frames["adrs"][["USUBJID", "ASEQ", "AVALC", "PARCAT2", "PARAMCD"]],
        left_on=["USUBJID", "SRCSEQ"], right_on=["USUBJID", "ASEQ"], suffixes=("", "_RS"),
    )  # fmt: skip
    # A progression ends the waiting for a response too, and censors it.
    progressed = told["ENDREAS"] == "progression"
    assert (told.loc[progressed, "AVALC"] == "PD").all()
    assert told.loc[told["ENDREAS"] == "response", "AVALC"].isin(["CR", "PR"]).all()
    assert set(told.loc[told["CNSR"] == 0, "ENDREAS"]) <= {"progression", "response"}
    assert not told.loc[~progressed, "AVALC"].isin(["PD", "NE"]).any()
    assert (told["PARCAT2"] == told["PARCAT2_RS"]).all()


def test_relative_days_have_no_day_0(made):
    for name in ("adtr", "adrs", "adtte"):
        frame = made.frames[name]
        assert not (frame["ADY"] == 0).any()
        at_start = frame[frame["ADT"] == frame["TRTSDT"]]
        assert (at_start["ADY"] == 1).all()


def test_readers_are_kept_apart():
    frames = sample("cdisc_pilot_recist").frames
    assert set(frames["adrs"]["RSEVAL"]) == {"INVESTIGATOR", "INDEPENDENT ASSESSOR"}
    named = frames["adrs"].groupby("RSEVALID", dropna=False)["PARAMCD"].agg(set)
    assert named["RADIOLOGIST 1"].isdisjoint(named["RADIOLOGIST 2"])
    assert all(code.endswith("2") for code in named["RADIOLOGIST 1"])


def test_nothing_is_exported_without_included_patients():
    """An empty study gives empty data sets, not an error."""
    from mesenluth.adam.build import build
    from mesenluth.adam.files import encoded

    made = sample("mesenluth")
    tables = {n: t.iloc[:0] for n, t in made.tables.items()}
    frames = build(tables, made.study)
    assert all(len(f) == 0 for f in frames.values())
    assert problems(frames, DATASETS) == []
    assert len(dict(encoded(frames, made.study, frames))) == 13


def test_patients_nobody_excluded_are_all_there(made):
    assert len(cohorts.included(made.tables["cohort"])) == len(made.frames["adsl"])
