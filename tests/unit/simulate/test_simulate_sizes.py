"""Drawn diameters: that they say what a course says, to the tenth of a millimetre."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesenluth.errors import ConfigurationError
from mesenluth.simulate import recist, sizes
from mesenluth.simulate.sizes import Course, trap
from mesenluth.simulate.targets import settings, targets
from mesenluth.study import load

CHOSEN = settings(load(Path(__file__).resolve().parents[3]))


# RECIST 1.1, 4.3.1; sums in tenths of a millimetre.
@pytest.mark.parametrize(
    ("sums", "expected"),
    [
        ([1000, 500, 600], ["PR", "PD"]),  # +20 % and +10 mm over the nadir, though 40 % below the baseline
        ([200, 140, 170], ["PR", "SD"]),  # +21 %, but only 3 mm; 15 % below the baseline
        ([1000, 900, 1070], ["SD", "SD"]),  # +17 mm, but 18.9 %
        ([250, 300], ["PD"]),  # exactly 20 % and exactly 5 mm
        ([400, 260, 312], ["PR", "PD"]),  # exactly 20 %: 31.2 / 26.0 is less than 1.2 in binary floats
        ([230, 161], ["PR"]),  # exactly 30 %: less in binary floats
        ([160, 114, 164], ["SD", "PD"]),  # exactly 5.0 mm: less in binary floats
        ([300, 0, 80], ["CR", "PD"]),  # 8 mm over a nadir of 0
    ],
)
def test_target_responses(sums, expected):
    said = recist.series([[s] for s in sums], [False], [[]] * len(sums), [False] * len(sums), CHOSEN)
    assert [s[1] for s in said] == expected


def test_a_partial_sum_is_no_nadir_and_no_response_but_may_be_progression():
    # RECIST 1.1, 4.4.2: with a target not evaluated there is no response, unless what is seen is progression already.
    values = [[200, 150, 150], [100, 100, None], [180, 150, 150], [450, 350, None]]
    said = recist.series(values, [False] * 3, [[]] * 4, [False] * 4, CHOSEN)
    assert [s[0] for s in said] == ["NE", "SD", "PD"]


def test_nodes_need_not_vanish_and_nontargets_decide_with_targets():
    # RECIST 1.1, 4.3.1 (nodes below 10 mm are normal), and table 1.
    values, nodal = [[300, 180], [0, 99], [0, 100]], [False, True]
    alone = recist.series(values, nodal, [[]] * 3, [False] * 3, CHOSEN)
    beside = recist.series(values, nodal, [["present"]] * 3, [False] * 3, CHOSEN)
    assert [s[0] for s in alone] == ["CR", "PR"]
    assert [s[0] for s in beside] == ["PR", "PR"]
    hidden = [["present"], ["present"], ["unequivocal_progression"]]
    assert [s[0] for s in recist.series([[]] * 3, [], hidden, [False] * 3, CHOSEN)] == ["NON-CR/NON-PD", "PD"]
    assert [s[0] for s in recist.series(values, nodal, [[]] * 3, [False, True, False], CHOSEN)][0] == "PD"


@pytest.mark.parametrize(("baseline", "percent", "sign", "total"), [(230, 30, -1, 161), (260, 20, 1, 312)])
def test_traps_are_sums_that_floats_get_wrong(baseline, percent, sign, total):
    assert trap(baseline, percent, sign) == total
    assert abs(total / 10 - baseline / 10) / (baseline / 10) < percent / 100


def test_sums_off_the_grid_or_right_as_floats_are_no_traps():
    assert trap(259, 30, -1) is None
    assert trap(500, 20, 1) is None


@given(
    seed=st.integers(0, 100_000),
    scans=st.integers(3, 14),
    edge=st.sampled_from(["", "pr_exact", "pr_below", "pd_exact", "pd_below", "pd_small"]),
    targets_more=st.integers(0, 2),
)
def test_sizes_say_what_the_course_says(seed, scans, edge, targets_more):
    rng = np.random.default_rng(seed)
    counted = int(rng.integers(3, scans + 1))
    event = counted if edge == "pd_exact" or (edge == "" and rng.random() < 0.4) else None
    responds = 2 if edge == "pr_exact" else None
    bases = [int(b) for b in rng.integers(220, 420, 1 + targets_more)]
    course = Course(scans, counted, event, responds, bool(rng.random() < 0.5), edge)
    values, met = sizes.sums(rng, bases, course, CHOSEN, 15)
    said = [
        s[1]
        for s in recist.series(values.tolist(), [False] * len(bases), [[]] * len(values), [False] * len(values), CHOSEN)
    ]
    first = said.index("PD") + 1 if "PD" in said[:counted] else None
    assert first == event
    assert ("PR" in said[:counted]) == (responds is not None)
    # Clean readings change little enough not to be looked at again, and are not carried forward.
    steps = values[1:] / values[:-1]
    assert steps.min() > 0.74 and steps.max() < 1.46
    base, sums = int(values[0].sum()), values.sum(axis=1)[1 : counted + 1]
    change = 1000 * (sums - base) / base
    if met == "pr_below":
        assert any(c > -300 and 100 * (base - s + 1) >= 30 * base for c, s in zip(change, sums, strict=True))
    if met == "pr_exact":
        assert (10 * sums == 7 * base).any()
    if met == "pd_exact":
        assert (10 * sums == 12 * base).any()
    if met == "pd_small":
        assert ((10 * sums == 12 * base) & (sums - base < 50)).any()


@given(seed=st.integers(0, 10_000), aspect=st.floats(0.6, 0.97), short=st.booleans())
def test_short_axis_is_never_longer_than_the_longest_diameter(seed, aspect, short):
    counted = np.random.default_rng(seed).integers(150, 400, 8)
    longest, other = sizes.second_axis(np.random.default_rng(seed), counted, aspect, short)
    assert (other if short else longest) == counted.tolist()
    assert all(s <= x for x, s in zip(longest, other, strict=True))


def _item(study, name):
    return next(i["value"] for i in study["published"]["items"] if i["id"] == name)


def test_definitions_are_read_from_the_study(study):
    study["population"]["eligibility"][2]["where"]["all"][1]["at_least"] = 25
    study["population"]["eligibility"][3]["where"]["all"][1]["at_least"] = 25
    study["complications"]["min_grade"] = 3
    _item(study, "included")["count"] = 40
    _item(study, "mesenteric_orr").update(numerator=5, denominator=40)
    for name in ("non_mesenteric_orr", "mesenteric_metabolic_response"):
        _item(study, name).update(denominator=40)
    assert settings(study).min_mass == 250
    assert settings(study).complication_grade == 3
    assert (targets(study).included, targets(study).mass_response) == (40, 5)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("included", {"count": 0}, "no count"),
        ("mesenteric_pfs", {"median": 40.0}, "other lesions only"),
        ("mesenteric_orr", {"numerator": 60}, "60 of 52"),
        ("non_mesenteric_orr", {"denominator": 40}, "4 of 40"),
        ("clinical_response", {"denominator": 90}, "denominator 90"),
        ("non_mesenteric_pfs", {"ci_low": 55.0}, "ci_low < median < ci_high"),
    ],
)
def test_figures_that_cannot_be_drawn_are_refused(study, name, value, words):
    _item(study, name).update(value)
    with pytest.raises(ConfigurationError, match=words):
        targets(study)


def test_a_registry_too_small_for_its_patients_is_refused(study):
    study["source"]["patients"] = 100
    with pytest.raises(ConfigurationError, match="at least 208"):
        settings(study)
