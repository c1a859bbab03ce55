"""Pointwise limits of probabilities."""

import numpy as np
import pytest

from mesenluth.endpoints.limits import limits


@pytest.mark.parametrize("method", ["log-log", "logit", "arcsine"])
def test_a_sum_that_stops_a_rounding_short_of_one_has_no_limits(method):
    """Ten tenths: as floats they add up to less than 1, where these transformations have no value."""
    whole = np.cumsum(np.full(10, 0.1))[-1:]
    assert whole[0] < 1
    low, high = limits(whole, np.array([1e-8]), method, 0.95)
    assert np.isnan(low).all() and np.isnan(high).all()
