"""Partial likelihood of Cox's model with ties, for a few covariates and any number of rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .kaplan_meier import fix_times
from .limits import Floats

TIES = ("efron", "breslow")

Positions = NDArray[np.int64]


@dataclass(frozen=True)
class Likelihood:
    """Log partial likelihood with its gradient (covariates,) and the observed information (covariates, covariates)."""

    value: float
    score: Floats
    information: Floats


@dataclass(frozen=True)
class Data:
    """Rows sorted by stratum and time, and the times at which somebody fails.

    Attributes
    ----------
    x : array of float, (rows, covariates)
        Covariates less their means.
    events : array of bool, (rows,)
    order : array of int, (rows,)
        Places of the rows in the data that were given.
    bounds : array of int, (strata + 1,)
        First row of each stratum, and the end.
    first : array of int, (times,)
        First row at risk at each time of an event, one entry for each stratum and time.
    until : array of int, (rows,)
        Times of events in strata before, and in the row's own up to and with the row's time.
    since : array of int, (rows,)
        Times of events in strata before: those that come before the row is at risk.
    failing : array of int, (events,)
        Rows that fail.
    at : array of int, (events,)
        Time of each of them.
    share : array of float, (events,)
        Part of the failing at that time who no longer count when this one fails: Efron's l / d; 0 for Breslow.
    """

    x: Floats
    events: NDArray[np.bool_]
    order: Positions
    bounds: Positions
    first: Positions
    until: Positions
    since: Positions
    failing: Positions
    at: Positions
    share: Floats

    def _sums(self, values: Floats) -> tuple[Floats, Floats]:
        """Return, for each time of an event, the sum of `values` over those at risk and over those who fail."""
        at_risk = np.empty_like(values)
        for start, stop in zip(self.bounds[:-1], self.bounds[1:], strict=True):
            at_risk[start:stop] = values[start:stop][::-1].cumsum(axis=0)[::-1]
        failing = np.zeros((len(self.first), *values.shape[1:]))
        np.add.at(failing, self.at, values[self.failing])
        return at_risk[self.first], failing

    def moments(self, beta: Floats) -> tuple[Floats, Floats, Floats]:
        """Return, for each failing row, the sum of risks, the mean of the covariates and their variance at risk.

        Shapes (events,), (events, covariates), (events, covariates, covariates).
        """
        risk = np.exp(self.x @ beta)
        weighted = risk[:, None] * self.x
        squares = weighted[:, :, None] * self.x[:, None, :]

        def left(values: Floats) -> Floats:
            at_risk, failing = self._sums(values)
            share = self.share.reshape(-1, *[1] * (values.ndim - 1))
            return at_risk[self.at] - share * failing[self.at]

        total = left(risk)
        mean = left(weighted) / total[:, None]
        return total, mean, left(squares) / total[:, None, None] - mean[:, :, None] * mean[:, None, :]

    def likelihood(self, beta: Floats) -> Likelihood:
        """Return the log partial likelihood, its gradient and the information."""
        total, mean, variance = self.moments(beta)
        x = self.x[self.failing]
        value = float((x @ beta).sum() - np.log(total).sum())
        return Likelihood(value, (x - mean).sum(axis=0), variance.sum(axis=0))

    def score_residuals(self, beta: Floats) -> Floats:
        """Return what each row adds to the score, (rows, covariates), in the order of the data that were given.

        A row that fails among others at one time counts for each of their turns with Efron's weight.
        """
        risk = np.exp(self.x @ beta)
        total, mean, _ = self.moments(beta)
        times = len(self.first)

        def by_time(values: Floats) -> Floats:
            out = np.zeros((times, *values.shape[1:]))
            np.add.at(out, self.at, values)
            return out

        def gone_by(values: Floats) -> Floats:
            steps = np.concatenate([np.zeros((1, *values.shape[1:])), by_time(values).cumsum(axis=0)])
            return steps[self.until] - steps[self.since]

        hazard = 1 / total
        drift = mean * hazard[:, None]
        out = -risk[:, None] * (self.x * gone_by(hazard)[:, None] - gone_by(drift))
        own = by_time(self.share * hazard)[self.at], by_time(self.share[:, None] * drift)[self.at]
        failed = self.failing
        turns = np.bincount(self.at, minlength=times)[self.at]
        out[failed] += self.x[failed] - by_time(mean)[self.at] / turns[:, None]
        out[failed] += risk[failed][:, None] * (self.x[failed] * own[0][:, None] - own[1])
        given = np.empty_like(out)
        given[self.order] = out
        return given


def prepare(times: ArrayLike, events: ArrayLike, covariates: ArrayLike, strata: ArrayLike | None, ties: str) -> Data:
    """Sort the rows and find the times of events.

    Parameters are those of `cox.cox`.

    Raises
    ------
    ValueError
        If lengths differ, a value is missing, or `ties` is none of `TIES`.
    """
    if ties not in TIES:
        raise ValueError(f"ties is one of {', '.join(TIES)}, not {ties!r}")
    time, event = np.asarray(times, dtype=float), np.asarray(events, dtype=bool)
    x = np.asarray(covariates, dtype=float)
    x = x[:, None] if x.ndim == 1 else x
    if time.ndim != 1 or not len(time) == len(event) == len(x):
        raise ValueError("times, events and covariates must be lists of one length")
    if not (np.isfinite(time).all() and np.isfinite(x).all()):
        raise ValueError("a time or a covariate is missing")
    time = fix_times(time)
    stratum = np.zeros(len(time), dtype=np.int64)
    if strata is not None:
        stratum = np.unique(np.asarray(strata), return_inverse=True)[1]
    order = np.lexsort((time, stratum))
    time, event, stratum, x = time[order], event[order], stratum[order], x[order]
    x = x - x.mean(axis=0) if len(x) else x
    n = len(time)
    bounds = np.concatenate([[0], np.flatnonzero(np.diff(stratum)) + 1, [n]]) if n else np.array([0, 0])
    starts = np.concatenate([[True], (np.diff(time) != 0) | (np.diff(stratum) != 0)]) if n else np.zeros(0, dtype=bool)
    cell = np.cumsum(starts) - 1
    cells = int(cell[-1]) + 1 if n else 0
    deaths = np.bincount(cell[event], minlength=cells)
    number = np.cumsum(deaths > 0)  # of times with events, up to and with each cell
    first = np.flatnonzero(starts)[deaths > 0]
    failing = np.flatnonzero(event)
    at = number[cell[failing]] - 1
    turn = np.arange(len(failing)) - np.searchsorted(at, at)
    share = turn / deaths[cell[failing]] if ties == "efron" else np.zeros(len(failing))
    until = number[cell]
    size = np.diff(bounds)
    before = np.concatenate([[0], until])[bounds[:-1]] if n else np.zeros(1, dtype=np.int64)
    return Data(x, event, order, bounds, first, until, np.repeat(before, size), failing, at, share)
