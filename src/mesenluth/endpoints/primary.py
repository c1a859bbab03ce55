"""The primary hypothesis: the exact test, and what so many patients could have shown at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..errors import ConfigurationError
from . import proportions
from .cohorts import Study
from .response_rates import headline_population
from .rows import STUDY, Row, row
from .words import NOT_ESTIMABLE, fixed, p_equals, p_text, percent, plain, plural

POWER_SHARES = (0.2, 0.4)
"""True rates at which power is stated, as shares of the hypothesised rate: 1 and 2 % against 5 %. For `greater` they
lie as far above it on the way to 100 %."""
WANTED_POWER = 0.8
EXACT = "exact binomial"


@dataclass(frozen=True)
class Question:
    """One hypothesis about a rate and the result that bears on it.

    Attributes
    ----------
    x, n : int
        Patients with the event and patients counted.
    p0, alpha : float
        Rate under the null hypothesis and level of the one-sided test, fractions.
    alternative : {"less", "greater"}
    limit_percent : float
        Limit of the printed interval on the side of the null hypothesis, in percent.
    confidence : float
        Confidence of that interval.
    """

    x: int
    n: int
    p0: float
    alpha: float
    alternative: str
    limit_percent: float
    confidence: float

    @property
    def rate(self) -> str:
        """The hypothesised rate as it is printed."""
        return f"{plain(100 * self.p0)} %"

    @property
    def side(self) -> str:
        """Where the alternative lies: under or over the rate."""
        return "under" if self.alternative == "less" else "over"

    @property
    def statement(self) -> str:
        """The alternative as it is printed."""
        return f"rate {'<' if self.alternative == 'less' else '>'} {self.rate}"

    @property
    def p(self) -> float:
        """One-sided exact p value."""
        return float(proportions.binomial_test(self.x, self.n, self.p0, self.alternative))

    @property
    def extreme(self) -> int:
        """The result of n patients that would have spoken most for the alternative."""
        return proportions.most_extreme(self.n, self.p0, self.alternative)

    @property
    def smallest_p(self) -> float:
        """The p value of that result."""
        return proportions.smallest_p(self.n, self.p0, self.alternative)

    def smallest_n(self, misses: int = 0) -> int | None:
        """Return the fewest patients with which a result that misses the extreme by so many can reject."""
        return proportions.smallest_n(self.p0, self.alpha, self.alternative, misses)

    def sentence(self) -> str:
        """Return what the result can and cannot show, every number computed."""
        parts = [
            f"{self.x} of {self.n} ({percent(self.x, self.n)} %): one-sided exact {p_equals(self.p)}"
            f" against {self.rate}",
            f"the {plain(100 * self.confidence)} % interval reaches {fixed(self.limit_percent, 1)} %",
        ]
        if self.smallest_p > self.alpha:
            needed = self.smallest_n()
            takes = f"it takes {plural(needed, 'patient')}" if needed else "no number of patients is enough"
            parts.append(
                f"no result of {plural(self.n, 'patient')} could have shown a rate {self.side} {self.rate}:"
                f" even {self.extreme} of {self.n} gives {p_equals(self.smallest_p)}; {takes}"
            )
        elif self.p > self.alpha:
            limit = proportions.critical_value(self.n, self.p0, self.alpha, self.alternative)
            most = "at most" if self.alternative == "less" else "at least"
            parts.append(f"this does not show a rate {self.side} {self.rate}: {most} {limit} of {self.n} would have")
        else:
            parts.append(f"this shows a rate {self.side} {self.rate} at one-sided alpha {plain(self.alpha)}")
        return "; ".join(parts)


def headline_row(rows: Iterable[Row], study: Study) -> Row | None:
    """Return the headline proportion of the primary endpoint, None if it has none."""
    primary = study["primary"]
    kinds = {e["id"]: e["kind"] for e in study["endpoints"]}
    wanted = {
        "endpoint": primary["endpoint"],
        "compartment": primary["compartment"],
        "statistic": "proportion",
        "definition": STUDY,
        "evaluator": study["primary_evaluator"],
        "population": headline_population(kinds.get(primary["endpoint"], "")),
        "method": study["statistics"]["proportion_interval"],
    }
    return next((r for r in rows if all(r[k] == v for k, v in wanted.items())), None)


def primary_rows(rows: Iterable[Row], study: Study) -> list[Row]:
    """Return the test of the primary hypothesis and what its numbers can show.

    Parameters
    ----------
    rows : iterable of dict
        The estimates so far, among them the proportion of the primary endpoint.
    study : mapping
        `primary.hypothesis` may be null: then there is nothing to test.

    Returns
    -------
    list of dict
        Statistics ``test``, ``smallest_p``, ``smallest_n``, ``smallest_n_for_this_result``, ``power``, ``n_for_power``,
        ``posterior``. `reason` of ``test`` says in words what the numbers can and cannot show.

    Raises
    ------
    ConfigurationError
        If there is a hypothesis about a rate, and the primary endpoint has no proportion; or if the alternative is
        not built.
    """
    primary = study["primary"]
    hypothesis = primary.get("hypothesis")
    if not hypothesis:
        return []
    found = headline_row(rows, study)
    if found is None:
        raise ConfigurationError(
            f"primary: endpoint {primary['endpoint']!r} in compartment {primary['compartment']!r} has no proportion,"
            " so that a hypothesis about its rate cannot be tested",
            "an endpoint of kind response, density, metabolic, clinical or complications with that compartment",
            "name such an endpoint, or set primary.hypothesis to null",
        )
    alternative = hypothesis["alternative"]
    if alternative not in ("less", "greater"):
        raise ConfigurationError(f"primary.hypothesis.alternative: {alternative!r} is not built", "less or greater")
    limit = found["ci_high" if alternative == "less" else "ci_low"]
    asked = Question(
        x=int(found["numerator"]),
        n=int(found["denominator"]),
        p0=float(hypothesis["rate_percent"]) / 100,
        alpha=float(hypothesis["alpha"]),
        alternative=alternative,
        limit_percent=100 * limit if limit is not None else float("nan"),
        confidence=found["confidence"],
    )
    common = {
        "endpoint": found["endpoint"],
        "compartment": found["compartment"],
        "population": found["population"],
        "evaluator": found["evaluator"],
        "test": f"exact binomial, one-sided ({alternative})",
        "hypothesis": f"{asked.statement}, alpha {plain(asked.alpha)}",
    }
    return [*(_results(asked, common) if asked.n else _no_result(common)), *_needed(asked, common)]


def _no_result(common: dict[str, Any]) -> list[Row]:
    return [
        row(statistic="test", text=NOT_ESTIMABLE, method=EXACT, numerator=0, denominator=0, unit="p value",
            reason=f"{NOT_ESTIMABLE}: no patients in this population", **common)
    ]  # fmt: skip


def _results(asked: Question, common: dict[str, Any]) -> list[Row]:
    """Return the test, the smallest p value that was possible, the power, and the posterior probability."""
    x, n = asked.x, asked.n
    rows = [
        row(statistic="test", text=f"{x}/{n} against {asked.rate}: {p_equals(asked.p)}", method=EXACT, numerator=x,
            denominator=n, estimate=x / n, p_value=asked.p, unit="p value", reason=asked.sentence(), **common),
        row(statistic="smallest_p", text=f"{p_text(asked.smallest_p)} with {asked.extreme} of {n}", method=EXACT,
            numerator=asked.extreme, denominator=n, p_value=asked.smallest_p, unit="p value", **common),
    ]  # fmt: skip
    for true, words in _true_rates(asked):
        power = proportions.power(n, asked.p0, true, asked.alpha, asked.alternative)
        rows.append(
            row(statistic="power", text=f"{fixed(100 * power, 0)} % at a {words}", method=f"{EXACT}, {words}",
                denominator=n, estimate=power, unit="probability",
                reason=None if power else f"no result of {plural(n, 'patient')} can reject {asked.rate}", **common)
        )  # fmt: skip
    below = float(proportions.posterior_below(x, n, asked.p0))
    chance = below if asked.alternative == "less" else 1 - below
    rows.append(
        row(statistic="posterior", text=f"P({asked.statement}) = {fixed(100 * chance, 1)} %",
            method="Jeffreys prior, Beta(0.5, 0.5)", numerator=x, denominator=n, estimate=chance, unit="probability",
            **{**common, "test": None})
    )  # fmt: skip
    return rows


def _true_rates(asked: Question) -> list[tuple[float, str]]:
    """Return the true rates at which power is stated, with their words."""
    less = asked.alternative == "less"
    rates = [s * asked.p0 if less else asked.p0 + s * (1 - asked.p0) for s in POWER_SHARES]
    return [(r, f"true rate of {plain(100 * r)} %") for r in rates]


def _needed(asked: Question, common: dict[str, Any]) -> list[Row]:
    """Return how many patients could show the hypothesis: at best, with the result seen, and with enough power."""
    less = asked.alternative == "less"
    misses = asked.x if less else asked.n - asked.x
    whom = plural(misses, "responder") if less else f"{plural(misses, 'patient')} not responding"
    numbers = [("smallest_n", EXACT, asked.smallest_n(), "with 0 responders" if less else "all responding")]
    if asked.n:
        numbers.append(("smallest_n_for_this_result", EXACT, asked.smallest_n(misses), f"with {whom}"))
    for true, words in _true_rates(asked):
        n = proportions.n_for_power(asked.p0, true, asked.alpha, WANTED_POWER, asked.alternative)
        numbers.append(("n_for_power", f"{EXACT}, {words}", n, f"for {plain(100 * WANTED_POWER)} % power at a {words}"))
    return [
        row(statistic=statistic, method=method, unit="patients", estimate=None if n is None else float(n),
            text=NOT_ESTIMABLE if n is None else f"{plural(n, 'patient')} {words}",
            reason=f"{NOT_ESTIMABLE}: more patients than were looked at" if n is None else None, **common)
        for statistic, method, n, words in numbers
    ]  # fmt: skip
