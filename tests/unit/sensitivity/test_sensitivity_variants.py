"""Which variants a study has, and that a variant that is no possible study is refused by name."""

import copy
from pathlib import Path

import pytest
import yaml

from mesenluth import study as studies
from mesenluth.errors import ConfigurationError
from mesenluth.sensitivity.variants import SECTIONS, Variant, value_of, variants

ROOT = Path(__file__).resolve().parents[3]
STUDY = {
    "response": {"timing": "best", "min_sd_days": 42, "gap": None},
    "compartments": [{"id": "a", "axis": "longest"}, {"id": "b", "axis": "short"}],
    "sensitivity": {"vary": {}, "pairs": []},
}


def names(vary, pairs=()):
    study = {**STUDY, "sensitivity": {"vary": vary, "pairs": list(pairs)}}
    return [v.name for v in variants(study)]


def test_the_study_as_it_is_comes_first_and_its_own_value_is_no_variant():
    assert names({"response.min_sd_days": [42, 56, 84]}) == [
        "",
        "response.min_sd_days = 56",
        "response.min_sd_days = 84",
    ]


def test_a_star_stands_for_each_entry_of_a_list():
    assert names({"compartments.*.axis": ["longest", "short"]}) == [
        "", "compartments.a.axis = short", "compartments.b.axis = longest",
    ]  # fmt: skip


def test_nothing_is_a_value_and_true_is_not_one():
    assert names({"response.gap": [None, 365]}) == ["", "response.gap = 365"]
    assert names({"response.min_sd_days": [True, 42]}) == ["", "response.min_sd_days = true"]


def test_an_empty_list_leaves_a_key_out_even_one_the_study_does_not_have():
    assert names({"survival.death": []}) == [""]


def test_a_pair_is_every_combination_of_two_changes():
    found = names(
        {"response.timing": ["best", "x", "y"], "response.gap": [None, 1]}, [["response.timing", "response.gap"]]
    )
    assert found[4:] == ["response.timing = x and response.gap = 1", "response.timing = y and response.gap = 1"]


def test_a_pair_of_a_key_that_is_not_varied_is_refused():
    with pytest.raises(ConfigurationError, match=r"'response\.gap' is not varied"):
        names({"response.timing": ["x"]}, [["response.timing", "response.gap"]])


@pytest.mark.parametrize(
    "key", ["response.tming", "respons.timing", "compartments.c.axis", "response.gap.more", "response.*.x"]
)
def test_a_key_that_the_study_does_not_have_is_refused(key):
    with pytest.raises(ConfigurationError, match=r"sensitivity\.vary"):
        names({key: ["x"]})


def test_a_variant_leaves_the_study_as_it_is():
    before = copy.deepcopy(STUDY)
    changed = Variant((("compartments.b.axis", "nodal_rule"), ("response.gap", 7))).apply(STUDY)
    assert before == STUDY
    assert (value_of(changed, "compartments.b.axis"), value_of(changed, "response.gap")) == ("nodal_rule", 7)


@pytest.mark.parametrize(
    "key",
    ["cut.date", "source.path", "quality.gate", "figures.language", "study.id", "endpoints.*.kind", "compartments.*.id",
     "compartments.a", "survival.rule_sets.x"],
)  # fmt: skip
def test_what_the_grid_cannot_compute_anew_is_refused_instead_of_not_moved(key):
    """A cut date is decided before validation: varied here it would change nothing and be reported as harmless."""
    with pytest.raises(ConfigurationError, match=r"sensitivity\.vary"):
        names({key: ["x"]})


# Switches of the schema that are not varied, and why.
LEFT_OUT = {
    "response.target_limits_scope": "findings only: sums take every lesion recorded as target",
    "response.pr_sticky": "shows time points another way; best response and progression read the strict series",
    "statistics.rmst_months": "where restricted means end: no headline estimate is one",
    "statistics.bootstrap_resamples": "intervals of differences of restricted means: no headline estimate is one",
    "statistics.bootstrap_seed": "as above",
    "statistics.small_cell_below": "what is shown of subgroups and centres: no headline estimate is one",
    "statistics.min_at_risk": "what is shown of landmarks: no headline estimate is one",
    "subgroups": "groups beside the whole: no headline estimate is one",
    "density.method": "its alternative switches the measure off",
    "survival.rule_sets": "stand beside the study's own rules in the estimates",
}


def test_every_switch_of_the_study_file_is_varied_in_all_its_alternatives():
    schema = yaml.safe_load((ROOT / studies.SCHEMA).read_text())
    vary = studies.load(ROOT)["sensitivity"]["vary"]
    lacking = []
    for section in SECTIONS:
        rule = schema["properties"][section]
        entry, way = (rule["items"], f"{section}.*") if rule["type"] == "array" else (rule, section)
        for key, about in entry["properties"].items():
            values = about.get("enum") or ([False, True] if about.get("type") == "boolean" else [])
            name = f"{way}.{key}"
            if name not in LEFT_OUT:
                lacking += [(name, v) for v in values if v not in vary.get(name, [])]
    assert lacking == []


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("response.timing", "sometimes", "response.timing: 'sometimes'"),
        ("response.min_sd_days", -1, "response.min_sd_days: -1"),
        ("response.timing_window_days", [270, 90], r"response.timing_window_days: \[270, 90\]"),
        ("treatment.administrations", {"column": "nothing", "is": True}, "treatment.administrations.column"),
        ("compartments.*.measure_axis", "widest", r"compartments\[0\].measure_axis: 'widest'"),
    ],
)
def test_an_alternative_that_no_study_could_have_is_refused_before_anything_runs(key, value, said):
    with pytest.raises(ConfigurationError, match=r"is no possible study \(" + said):
        studies.load(ROOT, changes={"sensitivity": {"vary": {key: [value]}}})
