"""Files of cases that somebody else wrote: the examples of docs/cases.md, and every way to get a file wrong."""

import os
import re
import subprocess
import sys

import pytest
import yaml

from acceptance import recist_harness
from acceptance.case_files import (
    PFS_KEYS,
    RULE_SETS,
    CaseError,
    check,
    evaluate,
    gather,
    is_survival,
    read_cases,
    recist,
    survival,
)

ROOT = recist_harness.ROOT
PAGE = (ROOT / "docs" / "cases.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"```yaml\n# (\w+)\n(.*?)```", PAGE, re.DOTALL))


@pytest.mark.parametrize(("kind", "evaluate"), [("recist", recist), ("pfs", survival)])
def test_the_examples_of_the_docs_are_met(kind, evaluate):
    cases = yaml.safe_load(EXAMPLES[kind])
    assert len(cases) == {"recist": 2, "pfs": 3}[kind]
    assert {c["id"]: evaluate(c) for c in cases} == {c["id"]: [] for c in cases}


def test_the_docs_name_every_key():
    assert PFS_KEYS | set(RULE_SETS) <= set(re.findall(r"`(\w+)`", PAGE)) | {"id", "source", "note"}
    assert {
        "id",
        "lesions",
        "assessments",
        "expect",
        "best",
        "parameters",
        "axis",
        "new_therapy_day",
        "markers",
    } <= set(re.findall(r"`(\w+)`", PAGE)) & recist_harness.TOP
    for state in recist_harness.STATES:
        assert f"`{state}`" in PAGE


def example(kind="recist", **changes):
    """Return the first example with some keys changed; None takes a key away."""
    case = yaml.safe_load(EXAMPLES[kind])[0] | changes
    return {k: v for k, v in case.items() if v is not None}


def test_an_expectation_that_is_not_met_says_what_came_out_and_why():
    case = example(best={"confirmed": "CR"}, response_day=91)
    wrong = recist(case)
    assert len(wrong) == 2
    assert wrong[0].startswith("best") and "SD, not CR" in wrong[0]
    assert wrong[1] == "response_day of whole_patient: 90, not 91"
    (wrong,) = survival(example("pfs", fda=[400, "event"]))
    assert wrong == (
        "fda gives day 84, censored (the event came too long after the last adequate assessment; censored there),"
        " not [400, 'event']"
    )


RECIST_FAULTS = [
    ({"expected": []}, r"unknown key 'expected'; one of .*expect"),
    ({"lesions": None}, r"lesions is missing; expected: \{L1: \{role: target"),
    ({"lesions": ["L1"]}, r"lesions is \['L1'\]"),
    ({"lesions": {"L1": {"site": "liver"}}}, r"lesion L1 is \{'site': 'liver'\}; expected: \{role: target \| nontarget"),
    ({"lesions": {"L1": {"role": "traget"}}}, r"lesion L1 is .*'traget'"),
    ({"lesions": {"L1": {"role": "target", "size": 3}}, "assessments": [{"day": -1, "L1": 3}]},
     r"unknown attribute of lesion L1: \{'size'\}"),
    ({"lesions": {"L1": {"role": "target", "merged_into": "L9"}}}, r"lesion L1: merged_into names 'L9'; one of L1"),
    ({"assessments": None}, r"assessments is missing"),
    ({"assessments": {"day": 3}}, r"assessments is \{'day': 3\}; expected: a list of \{day: 90, L1: 35\}"),
    ({"assessments": [{"L1": 30}]}, r"assessments, entry 1: day is None; expected: a whole number of days"),
    ({"assessments": [{"day": "90", "L1": 30}]}, r"assessments, entry 1: day is '90'"),
    ({"assessments": [{"day": 90, "L2": 30}]}, r"unknown lesion in .*'L2'"),
    ({"assessments": [{"day": 90, "L1": "gone"}]}, r"assessment of day 90: L1 is 'gone': unknown state 'gone'; .*absent"),
    ({"assessments": [{"day": 90, "L1": True}]}, r"assessment of day 90: L1 is True: unknown value"),
    ({"assessments": [{"day": 90, "L1": 10.0001}]}, r"L1 is 10.0001: 10.0001 mm is no whole number of micrometres"),
    ({"assessments": [{"day": 90, "L1": {"long": "big"}}]}, r"assessment of day 90: L1 is \{'long': 'big'\}"),
    ({"expect": [{"overall": "CR"}]}, r"expect, entry 1: day is None"),
    ({"expect": [{"day": 90, "response": "CR"}]}, r"unknown expectation response"),
    ({"expect": [{"day": 90, "compartment": "liver", "overall": "CR"}]}, r"unknown compartment in expect 'liver'"),
    ({"expect": None, "best": None}, r"expects nothing; give expect or best"),
    ({"best": {"liver": "CR"}}, r"best response of an unknown compartment"),
    ({"best": "CR"}, r"best is 'CR'; expected: keys with values"),
    ({"compartments": {"liver": ["L7"]}}, r"unknown lesion in compartments.liver 'L7'; one of L1, N1, X1"),
    ({"compartments": {"liver": "L1"}}, r"compartments.liver is 'L1'; expected: a list of lesions"),
    ({"parameters": {"sd_days": 3}}, r"unknown parameter sd_days"),
    ({"parameters": {"cr_then_pr": "maybe"}}, r"response.cr_then_pr: 'maybe'\n  expected: one of pd, flag, pr"),
    ({"parameters": {"min_sd_days": "six weeks"}}, r"response.min_sd_days: 'six weeks'\n  expected: integer"),
    ({"parameters": {"pd_threshold": "much"}}, r"parameters are \{'pd_threshold': 'much'\}"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "says"), RECIST_FAULTS)
def test_a_recist_case_that_cannot_be_understood_says_why(changes, says):
    with pytest.raises(CaseError, match=says):
        recist(example(**changes))


PFS_FAULTS = [
    ({"respones": {}}, r"unknown key 'respones'; one of .*responses"),
    ({"responses": None}, r"responses is missing; expected: \{84: SD"),
    ({"responses": [84]}, r"responses is \[84\]"),
    ({"responses": {"84": "SD"}}, r"responses: the day '84'; expected: a whole number of days"),
    ({"responses": {84: "stable"}}, r"unknown response on day 84 'stable'; one of CR, NE"),
    ({"death": "2020-01-01"}, r"death is '2020-01-01'; expected: a whole number of days"),
    ({"baseline": "no"}, r"baseline is 'no'; expected: true or false"),
    ({"fda": None, "ema": None}, r"expects nothing; give fda or ema or study: \[days, event \| censored\]"),
    ({"fda": 84}, r"fda is 84; expected: \[days, event \| censored\]"),
    ({"ema": [84, "lost"]}, r"unknown status in ema 'lost'; one of censored, competing, event"),
    ({"survival": {"new_therapy": "ignore"}}, r"survival changes the study's own rules; give their answer: study"),
    (
        {"survival": {"new_therapy": "stop"}, "study": [84, "event"]},
        r"survival.new_therapy: 'stop'\n  expected: one of",
    ),
    ({"survival": {"gap": 3}, "study": [84, "event"]}, r"unknown key survival.gap"),
    ({"survival": "strict"}, r"survival is 'strict'; expected: keys with values"),
    ({"endpoint": "survival"}, r"unknown endpoint 'survival'; one of duration_of_response, "),
    ({"endpoint": "time_to_response"}, r"unknown rule set for time_to_response 'fda', 'ema'; one of study"),
    ({"reason": {"study": "death"}}, r"unknown rule set in reason 'study'; one of ema, fda"),
    ({"reason": {"fda": "lost"}}, r"unknown reason 'lost'; one of death, "),
    ({"response": {"primary_confirmation": "yes"}}, r"response.primary_confirmation: 'yes'"),
]


@pytest.mark.parametrize(("changes", "says"), PFS_FAULTS)
def test_a_case_of_a_time_that_cannot_be_understood_says_why(changes, says):
    with pytest.raises(CaseError, match=says):
        survival(example("pfs", **changes))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- {id: a, lesions: [}\n", r"cases.yaml: not readable as YAML.*line 1"),
        ("- id: a\n  day: 3\n  day: 4\n", r"line 3: the key 'day' stands twice"),
        ("id: a\n", r"holds no list of cases; each begins with `- id: name`"),
        ("", r"holds no list of cases"),
        ("- just text\n", r"case 1 is 'just text'"),
        ("- id: a\n- lesions: {}\n", r"case 2 has no id"),
        ("- id: 7\n", r"case 1 has no id; expected: `id: name`, text in quotes if it is a number"),
        ("- id: a\n- id: a\n", r"the id a stands twice"),
    ],
)
def test_a_file_that_is_no_file_of_cases_says_why(tmp_path, text, says):
    path = tmp_path / "cases.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CaseError, match=re.compile(says, re.DOTALL)):
        read_cases(path)
    cases, fault = gather(path)
    assert cases == []
    assert re.search(says, fault, re.DOTALL)


def test_a_file_that_is_not_there_or_not_text_says_so(tmp_path):
    with pytest.raises(CaseError, match=r"nowhere.yaml: no such file"):
        read_cases(tmp_path / "nowhere.yaml")
    with pytest.raises(CaseError, match="cannot be read"):
        read_cases(tmp_path)
    (tmp_path / "latin.yaml").write_bytes(b"- id: \xe9t\xe9\n")
    with pytest.raises(CaseError, match=r"latin.yaml: cannot be read"):
        read_cases(tmp_path / "latin.yaml")


def test_a_reason_or_a_time_that_is_another_is_said():
    assert survival(example("pfs", reason={"fda": "new_therapy"})) == [
        "fda ends for the reason gap_before_event, not new_therapy"
    ]
    duration = example("pfs", endpoint="duration_of_response", ema=None)
    assert survival(duration) == ["fda gives no time, not [84, 'censored']"]
    assert survival(duration | {"fda": "none"}) == []


def test_a_file_may_hold_responses_and_times():
    for kind, wanted in (("recist", False), ("pfs", True)):
        for case in yaml.safe_load(EXAMPLES[kind]):
            assert is_survival(case) == wanted
            assert evaluate(case) == []


def test_two_files_share_no_name(tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text("- id: a\n", encoding="utf-8")
    assert gather(tmp_path / "one.yaml") == ([{"id": "a"}], "")
    cases, fault = gather(tmp_path / "one.yaml", tmp_path / "two.yaml")
    assert cases == []
    assert fault.endswith("two.yaml: the id a stands in another file already")


def test_a_failure_names_the_case_and_shows_no_insides():
    with pytest.raises(pytest.fail.Exception) as failure:
        check(example(assessments=None), recist)
    assert str(failure.value).startswith("case nodes_under_10_mm_are_normal:\n  assessments is missing")
    assert failure.value.pytrace is False


def called(tmp_path, variable, test, text):
    """Run the acceptance test with a file of cases, as a user would; return its exit status and what it said."""
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "0", "--color=no", f"tests/acceptance/{test}"],
        cwd=ROOT, env=os.environ | {variable: str(tmp_path / "mine.yaml")}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("variable", "test", "kind", "own"),
    [
        ("MESENLUTH_CASES", "test_recist_cases.py", "recist", "3 passed"),
        ("MESENLUTH_PFS_CASES", "test_pfs_cases.py", "pfs", "4 passed, 3 skipped"),
        ("MESENLUTH_CASES", "test_recist_cases.py", "pfs", "4 passed"),
        ("MESENLUTH_CASES", "test_pfs_cases.py", "pfs", "4 passed, 3 skipped"),
    ],
)
def test_a_file_of_ones_own_is_run_in_place_of_the_projects(tmp_path, variable, test, kind, own):
    status, said = called(tmp_path, variable, test, EXAMPLES[kind])
    assert (status, own in said) == (0, True), said
    wrong = EXAMPLES[kind] + "- {id: half_written, responses: {}}\n"
    status, said = called(tmp_path, variable, test, wrong)
    assert status == 1
    assert own.split(",")[0] in said
    assert "case half_written:\n" in said
    assert "Traceback" not in said and "case_files.py" not in said and "recist_harness.py" not in said
    status, said = called(tmp_path, variable, test, "- {id: a")
    assert status == 1
    assert "mine.yaml: not readable as YAML" in said
    assert "Traceback" not in said and "case_files.py" not in said
