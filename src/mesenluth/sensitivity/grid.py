"""Every variant of the study computed from the validated tables on, and what it moves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..endpoints.estimate import RATES
from ..endpoints.published import find
from ..endpoints.rows import Row
from ..endpoints.survival_estimates import survival_rows
from ..endpoints.time_to_event import time_to_event
from ..response.classify import classify
from ..study import SECTIONS
from ..tables.io import conform, empty
from ..tables.results import SENSITIVITY
from .variants import Variant, shown, value_of, variants

STATISTICS = {"time_to_event": ("median",), "growth": ("growth_before", "growth_early", "growth_change")}
"""What is followed of an endpoint, by its kind; of every other it is the proportion."""


class Runs:
    """Computes variants; what two of them have in common is computed once.

    Parameters
    ----------
    tables : mapping of DataFrame
        Validated registry tables.
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        self._tables = tables
        self._responses: dict[str, dict[str, pd.DataFrame]] = {}

    def responses(self, study: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
        """Return the tables of responses of a study."""
        # How readers are set beside each other decides no response.
        sections = {s: study[s] for s in SECTIONS["classify"] if s != "agreement"}
        name = json.dumps(sections, sort_keys=True)
        if name not in self._responses:
            self._responses[name] = classify(self._tables, study, compare=False)
        return self._responses[name]

    def estimates(self, study: Mapping[str, Any]) -> list[Row]:
        """Return the estimates of a study's endpoints under its own definition."""
        tables = {**self._tables, **self.responses(study)}
        own = {**study, "survival": {**study["survival"], "rule_sets": ["study"]}}
        rows: list[Row] = []
        for endpoint in own["endpoints"]:
            if endpoint["kind"] in RATES:
                rows += RATES[endpoint["kind"]](endpoint, tables, own)
        return rows + survival_rows(time_to_event(tables, own), own)[0]


def followed(study: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return which estimates are followed: the headline of every endpoint in each of its compartments."""
    found = []
    for endpoint in study["endpoints"]:
        statistics = STATISTICS.get(endpoint["kind"], ("proportion",))
        places = endpoint.get("compartments") or [c["id"] for c in study["compartments"]] + ["whole_patient"]
        found += [{"endpoint": endpoint["id"], "compartment": c, "statistic": s} for c in places for s in statistics]
    return found


def grid(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any]) -> pd.DataFrame:
    """Compute every variant of the study.

    Parameters
    ----------
    tables : mapping of DataFrame
        Validated registry tables, all of `tables.registry.REGISTRY`.
    study : mapping
        The resolved study file.

    Returns
    -------
    DataFrame
        Contract SENSITIVITY: one row a variant and headline estimate, the study as it is first. `moved` says that the
        estimate, printed with its interval, is another one than the study's.

    Raises
    ------
    ConfigurationError
        If a variant cannot be computed.
    """
    runs = Runs(tables)
    base: dict[tuple[str, str, str], Row] = {}
    out: list[Row] = []
    for position, variant in enumerate(variants(study)):
        rows = runs.estimates(variant.apply(study))
        for selector in followed(study):
            found = find(rows, selector, study)
            if found is None:
                continue
            place = (selector["endpoint"], selector["compartment"], selector["statistic"])
            own = base.setdefault(place, found)
            out.append(_row(position, variant, study, found, own))
    return conform(pd.DataFrame(out), SENSITIVITY) if out else empty(SENSITIVITY)


def _row(position: int, variant: Variant, study: Mapping[str, Any], found: Row, own: Row) -> Row:
    numbers = ("numerator", "denominator", "estimate", "ci_low", "ci_high", "text", "reason")
    known = found["estimate"] is not None and own["estimate"] is not None
    return {
        "position": position,
        "variant": variant.name or "as the study file says",
        "key": " ".join(key for key, _ in variant.changes) or None,
        "value": " ".join(shown(value) for _, value in variant.changes) or None,
        "study_value": " ".join(shown(value_of(study, key)) for key, _ in variant.changes) or None,
        **{k: found[k] for k in ("endpoint", "compartment", "evaluator", "statistic", *numbers)},
        "study_estimate": own["estimate"],
        "difference": found["estimate"] - own["estimate"] if known else None,
        "moved": any(found[k] != own[k] for k in ("numerator", "denominator", "text")),
    }
