"""Numbers as they are printed: half up on the decimal digits, never NaN."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesenluth.endpoints import words


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0.125, 2, "0.13"),  # half up; Python's own rounding gives 0.12
        (Fraction(1, 8), 2, "0.13"),
        (2.675, 2, "2.68"),  # the digits a reader sees, not the binary number below them
        (0.5, 0, "1"),
        (-0.04, 1, "0.0"),
        (-0.06, 1, "-0.1"),
        (Fraction(-1, 3), 1, "-0.3"),
        (100.0, 1, "100.0"),
    ],
)
def test_rounding(value, decimals, text):
    assert words.fixed(value, decimals) == text


@pytest.mark.parametrize(("x", "n", "decimals", "text"), [(6, 48, 0, "13"), (1, 16, 1, "6.3"), (2, 52, 0, "4")])
def test_percentages_are_rounded_on_the_exact_fraction(x, n, decimals, text):
    """6/48 is exactly 12.5 %, 1/16 exactly 6.25 %: both go up."""
    assert words.percent(x, n, decimals) == text


@given(st.integers(0, 500), st.integers(1, 500), st.integers(0, 3))
def test_a_printed_percentage_is_never_further_off_than_half_a_digit(x, n, decimals):
    x = min(x, n)
    assert abs(Fraction(words.percent(x, n, decimals)) - Fraction(100 * x, n)) <= Fraction(1, 2 * 10**decimals)


def test_times_that_are_missing_are_said_in_words():
    gap = float("nan")
    assert words.interval_text(50.3, 38.2, 61.7) == "50.3 (38.2-61.7)"
    assert words.interval_text(gap, gap, gap) == "not reached"
    assert words.interval_text(gap, 40.1, gap) == "not reached (40.1-not reached)"
    assert words.interval_text(50.3, 38.2, gap) == "50.3 (38.2-not reached)"
    assert words.interval_text(50.3, gap, gap) == "50.3 (limits not estimable)"


def test_shares_and_p_values():
    assert words.share_text(2, 52, 0.004692, 0.132128, 0.95) == "2/52 (3.8 %; 95 % CI 0.5-13.2)"
    assert words.share_text(0, 0, float("nan"), float("nan"), 0.95) == "0/0 (not estimable)"
    assert words.p_text(0.0004) == "<0.001"
    assert words.p_equals(0.0004) == "p < 0.001"
    assert words.p_equals(0.51457) == "p = 0.515"


def test_lists_and_settings():
    assert words.listed([]) == ""
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b", "c"], "or") == "a, b or c"
    assert words.plain(0.05 * 100) == "5"
    assert words.plain(30.4375) == "30.4375"
    assert words.label({"label": {"en": "Mass", "fr": "Masse"}}, "x") == "Mass"
    assert words.label(None, "x") == "x"
