"""Draw progression-free survival times whose Kaplan-Meier median and limits are the published ones.

Ranks decide a Kaplan-Meier curve's heights, times only its places: any monotone change of the times moves the median
and its limits with them. So times are drawn freely, the events at the lower limit, the median and the upper limit
are found, and the time axis is stretched piecewise until these three lie where they were published.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from ..errors import ConfigurationError
from .targets import Median, Settings

ATTEMPTS = 4000
EARLIEST = 62
"""Days: no event or censoring before the first scan can have been read."""


@dataclass(frozen=True)
class Curve:
    """A Kaplan-Meier curve at its event times, with pointwise limits."""

    times: np.ndarray
    survival: np.ndarray
    low: np.ndarray
    high: np.ndarray


def kaplan_meier(times: np.ndarray, events: np.ndarray, confidence: float, interval: str) -> Curve:
    """Return the Kaplan-Meier curve with Greenwood's variance.

    Parameters
    ----------
    times : array of float or int, shape (n,)
    events : array of bool, shape (n,)
    interval : str
        log-log, log, plain, logit or arcsine: the scale on which the limits are symmetric
        (Kalbfleisch and Prentice 2002, 1.4; Klein and Moeschberger 2003, 4.3).
    """
    moments = np.unique(times[events])
    at_risk = np.array([(times >= t).sum() for t in moments], dtype=float)
    died = np.array([(events & (times == t)).sum() for t in moments], dtype=float)
    s = np.cumprod(1 - died / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        se = np.sqrt(np.cumsum(died / (at_risk * (at_risk - died))))
        half = NormalDist().inv_cdf((1 + confidence) / 2) * se
        if interval == "log-log":
            spread = np.exp(half / np.log(s))
            low, high = s ** (1 / spread), s**spread
        elif interval == "log":
            low, high = s * np.exp(-half), s * np.exp(half)
        elif interval == "plain":
            low, high = s - half * s, s + half * s
        elif interval == "logit":
            centre = np.log(s / (1 - s))
            low, high = (1 / (1 + np.exp(-(centre + d * half / (1 - s)))) for d in (-1, 1))
        elif interval == "arcsine":
            centre, width = np.arcsin(np.sqrt(s)), half / 2 * np.sqrt(s / (1 - s))
            low, high = (np.sin(np.clip(centre + d * width, 0, np.pi / 2)) ** 2 for d in (-1, 1))
        else:
            raise ConfigurationError(f"statistics.km_interval: {interval!r}", "log-log, log, plain, logit or arcsine")
    return Curve(moments, s, np.clip(low, 0, 1), np.clip(high, 0, 1))


def _first(times: np.ndarray, heights: np.ndarray) -> float | None:
    below = np.flatnonzero(heights <= 0.5)
    return float(times[below[0]]) if len(below) else None


def quantiles(curve: Curve) -> tuple[float | None, float | None, float | None]:
    """Return lower limit, median and upper limit: the first times at which each band is at most one half."""
    return (
        _first(curve.times, curve.low),
        _first(curve.times, curve.survival),
        _first(curve.times, curve.high),
    )


def _days(months: float | None, settings: Settings) -> int | None:
    if months is None:
        return None
    days = round(months * settings.month_days) - int(settings.add_one_day)
    printed = (days + int(settings.add_one_day)) / settings.month_days
    if f"{printed:.1f}" != f"{months:.1f}":
        raise ConfigurationError(
            f"published median or limit of {months} months: no whole day is printed so",
            "months with one decimal digit",
        )
    return days


def _warp(times: np.ndarray, found: tuple[float | None, ...], wanted: tuple[int | None, ...]) -> np.ndarray | None:
    """Move `found` to `wanted` by a piecewise linear, increasing map; None where it would be too uneven."""
    knots = [(0.0, 0.0)]
    for f, w in zip(found, wanted, strict=True):
        if w is not None:
            if f is None:
                return None
            knots.append((f, float(w)))
    old, new = (np.array(k) for k in zip(*knots, strict=True))
    if (np.diff(old) <= 0).any():
        return None
    slopes = np.diff(new) / np.diff(old)
    if slopes.min() < 0.5 or slopes.max() > 2.0:
        return None
    beyond = np.clip(times - old[-1], 0, None) * min(1.0, slopes[-1])
    return np.rint(np.interp(times, old, new) + beyond).astype(int)


def _is_half(curve: Curve) -> bool:
    """Return whether a curve touches one half, where R and others take different medians."""
    heights = np.concatenate([curve.survival, curve.low, curve.high])
    return bool((np.abs(heights - 0.5) < 1e-6).any())


def draw(rng: np.random.Generator, n: int, median: Median | None, settings: Settings) -> tuple[np.ndarray, np.ndarray]:
    """Draw times and events whose median and limits, in whole days, are the published ones.

    Returns
    -------
    days : array of int, shape (n,)
    events : array of bool, shape (n,)

    Raises
    ------
    ConfigurationError
        If no draw of `n` patients gives the published interval.
    """
    if median is None:
        return _not_reached(rng, n, settings)
    wanted = tuple(_days(m, settings) for m in (median.low, median.months, median.high))
    middle = wanted[1] or 0
    shape = 1.35
    for _ in range(ATTEMPTS):
        latent = middle * (-np.log(rng.random(n)) / np.log(2)) ** (1 / shape)
        censored = rng.uniform(0.3 * middle, 2.0 * middle, n)
        times, events = np.minimum(latent, censored), latent <= censored
        times = np.maximum(times, EARLIEST + rng.random(n) * 40)
        curve = kaplan_meier(times, events, settings.confidence, settings.interval)
        days = _warp(times, quantiles(curve), wanted)
        if days is None or days.min() < EARLIEST:
            continue
        curve = kaplan_meier(days, events, settings.confidence, settings.interval)
        found = quantiles(curve)
        fits = all(w is None or f == w for f, w in zip(found, wanted, strict=True))
        if fits and found[2] is not None and not _is_half(curve):
            return days, events
    raise ConfigurationError(
        f"published.items[non_mesenteric_pfs]: {median} cannot be drawn with {n} patients"
        f" and {settings.interval} limits",
        "an interval that so many patients can give",
    )


def _not_reached(rng: np.random.Generator, n: int, settings: Settings) -> tuple[np.ndarray, np.ndarray]:
    for _ in range(ATTEMPTS):
        latent = rng.exponential(9000, n)
        censored = rng.uniform(300, 3000, n)
        days = np.maximum(np.rint(np.minimum(latent, censored)).astype(int), EARLIEST)
        events = latent <= censored
        curve = kaplan_meier(days, events, settings.confidence, settings.interval)
        if not len(curve.survival) or curve.survival.min() > 0.52:
            return days, events
    raise ConfigurationError(f"no draw of {n} patients leaves the median unreached", "more patients")
