"""Files of worked cases: reading them, and saying what is wrong with one in the words of whoever wrote it.

docs/cases.md describes both formats. A file that cannot be read, and a case that cannot be understood, fail a test with
a message that names the file or the case; the other cases of the file are run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from acceptance import endpoint_cases, recist_harness
from mesenluth.endpoints.censoring import REASONS, rules_for
from mesenluth.errors import ConfigurationError, MesenluthError
from mesenluth.study import SCHEMA, UniqueKeyLoader, load, validate
from mesenluth.tables.registry import MARKERS
from mesenluth.tables.results import CATEGORIES

ROOT = recist_harness.ROOT
ROLES = ("target", "nontarget", "new")
GAP_DAYS = 182
"""`max_gap_days` of a case of progression-free survival that does not say: two intervals of 84 days, two windows of 7."""
PFS_KEYS = {
    "id", "note", "source", "endpoint", "baseline", "responses", "death", "new_therapy", "other_progression", "cutoff",
    "max_gap_days", "survival", "response", "fda", "ema", "study", "reason",
}  # fmt: skip
RULE_SETS = ("fda", "ema", "study")


NO_TIME = "none"
"""Answer of a case in which the patient has no time: who does not respond has no duration of response."""


class CaseError(Exception):
    """A case, or a file of cases, that cannot be understood. The message says which, what and what is allowed."""


def read_cases(path: Path) -> list[dict[str, Any]]:
    """Return the cases of a file: a YAML list of mappings, each with an `id` of its own.

    Raises CaseError naming the file, and the line where YAML tells one.
    """
    try:
        with path.open(encoding="utf-8") as stream:
            found = yaml.load(stream, Loader=UniqueKeyLoader)  # noqa: S506, a subclass of SafeLoader
    except FileNotFoundError:
        raise CaseError(f"{path}: no such file; a relative path counts from the folder pytest is called in") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"{path}: cannot be read: {error}") from None
    except ConfigurationError as error:
        raise CaseError(str(error)) from None
    except (yaml.YAMLError, TypeError) as error:
        raise CaseError(f"{path}: not readable as YAML: {error}") from None
    if not isinstance(found, list) or not found:
        raise CaseError(f"{path}: holds no list of cases; each begins with `- id: name`")
    names: list[str] = []
    for number, case in enumerate(found, 1):
        if not isinstance(case, dict):
            raise CaseError(f"{path}: case {number} is {case!r}; expected: a mapping that begins with `- id: name`")
        if not isinstance(case.get("id"), str) or not case["id"]:
            raise CaseError(f"{path}: case {number} has no id; expected: `id: name`, text in quotes if it is a number")
        names.append(case["id"])
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise CaseError(f"{path}: the id {', '.join(twice)} stands twice; each case has a name of its own")
    return found


def gather(*paths: Path) -> tuple[list[dict[str, Any]], str]:
    """Return the cases of files, or none and what is wrong with the first that is wrong."""
    found: dict[str, dict[str, Any]] = {}
    try:
        for path in paths:
            for case in read_cases(path):
                if case["id"] in found:
                    raise CaseError(f"{path}: the id {case['id']} stands in another file already")
                found[case["id"]] = case
    except CaseError as error:
        return [], str(error)
    return list(found.values()), ""


def check(case: dict[str, Any], evaluate: Callable[[dict[str, Any]], list[str]]) -> None:
    """Fail the test with every expectation of a case that is not met, or with what is wrong with the case."""
    try:
        wrong = evaluate(case)
    except CaseError as error:
        wrong = [str(error)]
    if wrong:
        pytest.fail("\n".join([f"case {case['id']}:", *(f"  {w}" for w in wrong)]), pytrace=False)


def recist(case: dict[str, Any]) -> list[str]:
    """Return every expectation of a RECIST case that its classification does not meet.

    Raises CaseError if the case cannot be understood.
    """
    _recist_form(case)
    try:
        _parameters(case)
        return recist_harness.problems(case)
    except AssertionError as error:
        raise CaseError(str(error).removeprefix(f"{case['id']}: ")) from None
    except MesenluthError as error:
        raise CaseError(str(error)) from None


def _known(given: Iterable[Any], allowed: Iterable[str], what: str) -> None:
    unknown = [k for k in given if k not in allowed]
    if unknown:
        raise CaseError(f"unknown {what} {', '.join(map(repr, unknown))}; one of {', '.join(sorted(allowed))}")


def _required(case: dict[str, Any], key: str, kind: type, form: str) -> Any:
    if key not in case:
        raise CaseError(f"{key} is missing; expected: {form}")
    if not isinstance(case[key], kind) or not case[key]:
        raise CaseError(f"{key} is {case[key]!r}; expected: {form}")
    return case[key]


def _days(rows: Any, key: str) -> None:
    """Check that every entry of a list is a mapping with a whole `day`."""
    if not isinstance(rows, list):
        raise CaseError(f"{key} is {rows!r}; expected: a list of {{day: 90, ...}}")
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise CaseError(f"{key}, entry {number} is {row!r}; expected: {{day: 90, ...}}")
        if not _whole(row.get("day")):
            raise CaseError(f"{key}, entry {number}: day is {row.get('day')!r}; expected: a whole number of days")


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _recist_form(case: dict[str, Any]) -> None:
    """Check the shape of a RECIST case; what it says is for the harness."""
    _known(case, recist_harness.TOP, "key")
    lesions = _required(case, "lesions", dict, "{L1: {role: target, site: liver}}")
    for name, about in lesions.items():
        if not isinstance(about, dict) or about.get("role") not in ROLES:
            raise CaseError(f"lesion {name} is {about!r}; expected: {{role: {' | '.join(ROLES)}, ...}}")
        for link in ("split_from", "merged_into"):
            if link in about and about[link] not in lesions:
                raise CaseError(f"lesion {name}: {link} names {about[link]!r}; one of {', '.join(lesions)}")
    _days(_required(case, "assessments", list, "a list of {day: 90, L1: 35}"), "assessments")
    for row in case["assessments"]:
        for name in set(row) & set(lesions):
            try:
                recist_harness.reading(row[name], bool(lesions[name].get("nodal")))
            except (AssertionError, ArithmeticError, TypeError) as error:
                states = ", ".join(recist_harness.STATES)
                raise CaseError(
                    f"assessment of day {row['day']}: {name} is {row[name]!r}: {error}; expected: mm, a state"
                    f" ({states}) or {{long: mm, short: mm}}"
                ) from None
    _days(case.get("expect") or [], "expect")
    _days(case.get("markers") or [], "markers")
    for row in case.get("markers") or []:
        _known(row, ("day", "marker", "value", "upper_limit"), "key of a marker")
        _known([row.get("marker")], MARKERS.column("marker").allowed or (), "marker")
    for key in ("parameters", "compartments", "axis", "best"):
        if not isinstance(case.get(key) or {}, dict):
            raise CaseError(f"{key} is {case[key]!r}; expected: keys with values")
    for name, members in (case.get("compartments") or {}).items():
        if not isinstance(members, list):
            raise CaseError(f"compartments.{name} is {members!r}; expected: a list of lesions")
        _known(members, lesions, f"lesion in compartments.{name}")
    where = [e["compartment"] for e in case.get("expect") or [] if "compartment" in e]
    _known(where, [recist_harness.WHOLE, *(case.get("compartments") or {})], "compartment in expect")
    if not any(case.get(k) for k in recist_harness.TOP if k.startswith(("expect", "best"))):
        raise CaseError("expects nothing; give expect or best")


def _parameters(case: dict[str, Any]) -> None:
    """Check the values of `parameters` against the schema of study files."""
    if not case.get("parameters"):
        return
    try:
        response = recist_harness.study_of(case)["response"]
    except (ArithmeticError, TypeError, ValueError):
        raise CaseError(f"parameters are {case['parameters']!r}; expected: the keys of section response") from None
    validate({**load(ROOT), "response": response}, ROOT / SCHEMA)


def survival(case: dict[str, Any]) -> list[str]:
    """Return every answer of a case of a time to an event that does not come out.

    Raises CaseError if the case cannot be understood.
    """
    _survival_form(case)
    wrong = []
    for rule_set in RULE_SETS:
        if rule_set in case:
            got = survival_end(case, rule_set)
            if got is None:
                wrong += [] if case[rule_set] == NO_TIME else [f"{rule_set} gives no time, not {case[rule_set]}"]
                continue
            if [int(got["day"]), got["status"]] != case[rule_set]:
                wrong.append(
                    f"{rule_set} gives day {got['day']}, {got['status']} ({REASONS[got['reason_code']]}),"
                    f" not {case[rule_set]}"
                )
            reason = (case.get("reason") or {}).get(rule_set, got["reason_code"])
            if got["reason_code"] != reason:
                wrong.append(f"{rule_set} ends for the reason {got['reason_code']}, not {reason}")
    return wrong


def survival_end(case: dict[str, Any], rule_set: str) -> pd.Series | None:
    """Return the row that the code gives for one case; None where the patient has no time."""
    survival_rules(case, rule_set)
    try:
        return endpoint_cases.end_of(case, rule_set, case.get("max_gap_days", GAP_DAYS))
    except MesenluthError as error:
        raise CaseError(str(error)) from None


def evaluate(case: dict[str, Any]) -> list[str]:
    """Return what is wrong with a case of either kind: a time to an event has `responses`, a RECIST case `lesions`."""
    return survival(case) if is_survival(case) else recist(case)


def is_survival(case: dict[str, Any]) -> bool:
    """Return whether a case is one of a time to an event, by its keys."""
    return "responses" in case and "lesions" not in case


def survival_rules(case: dict[str, Any], rule_set: str) -> Any:
    """Return the rules of a case: those of the default study, with its `survival` laid over them."""
    try:
        section = endpoint_cases.study_of(case)["survival"]
        return rules_for(rule_set, section | {"fda_max_gap_days": case.get("max_gap_days", GAP_DAYS)})
    except MesenluthError as error:
        raise CaseError(str(error)) from None


def survival_tables(cases: list[dict[str, Any]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the series and the assessments of cases."""
    series = pd.DataFrame(
        {
            "series": [c["id"] for c in cases],
            "has_baseline": [c.get("baseline", True) for c in cases],
            "death": [c.get("death") for c in cases],
            "new_therapy": [c.get("new_therapy") for c in cases],
            "other_progression": [c.get("other_progression") for c in cases],
            "cut": [c.get("cutoff") for c in cases],
        }
    )
    rows = [(c["id"], day, response) for c in cases for day, response in (c["responses"] or {}).items()]
    return series, pd.DataFrame(rows[::-1], columns=["series", "day", "response"])


def _survival_form(case: dict[str, Any]) -> None:
    """Check the shape of a case of progression-free survival."""
    _known(case, PFS_KEYS, "key")
    endpoint = case.get("endpoint", endpoint_cases.DEFAULT)
    _known([endpoint], endpoint_cases.endpoints(), "endpoint")
    for key in ("survival", "response", "reason"):
        if not isinstance(case.get(key) or {}, dict):
            raise CaseError(f"{key} is {case[key]!r}; expected: keys with values")
    if "responses" not in case:
        raise CaseError("responses is missing; expected: {84: SD, 168: PD}, or {} where there are none")
    if not isinstance(case["responses"], dict):
        raise CaseError(f"responses is {case['responses']!r}; expected: {{84: SD, 168: PD}}")
    for day, response in case["responses"].items():
        if not _whole(day):
            raise CaseError(f"responses: the day {day!r}; expected: a whole number of days")
        _known([response], CATEGORIES, f"response on day {day}")
    for key in ("death", "new_therapy", "other_progression", "cutoff", "max_gap_days"):
        if case.get(key) is not None and not _whole(case[key]):
            raise CaseError(f"{key} is {case[key]!r}; expected: a whole number of days")
    if not isinstance(case.get("baseline", True), bool):
        raise CaseError(f"baseline is {case['baseline']!r}; expected: true or false")
    answers = [r for r in RULE_SETS if r in case]
    if not answers:
        raise CaseError(f"expects nothing; give {' or '.join(RULE_SETS)}: [days, event | censored]")
    if case.get("survival") and "study" not in case:
        raise CaseError("survival changes the study's own rules; give their answer: study: [days, event | censored]")
    _known(answers, endpoint_cases.rule_sets(endpoint), f"rule set for {endpoint}")
    _known(case.get("reason") or {}, answers, "rule set in reason")
    _known((case.get("reason") or {}).values(), REASONS, "reason")
    for rule_set in answers:
        answer = case[rule_set]
        if answer == NO_TIME:
            continue
        if not isinstance(answer, list) or len(answer) != 2 or not _whole(answer[0]) or not isinstance(answer[1], str):
            raise CaseError(f"{rule_set} is {answer!r}; expected: [days, event | censored]")
        _known([answer[1]], ("event", "censored", "competing"), f"status in {rule_set}")
