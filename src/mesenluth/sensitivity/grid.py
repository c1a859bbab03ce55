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
from ..endpoints.words import NOT_ESTIMABLE
from ..response.classify import classify
from ..study import SECTIONS
from ..tables.io import conform, empty
from ..tables.results import SENSITIVITY
from .variants import Variant, value_of, variants
from .words import written, written_keys

STATISTIC = {"time_to_event": "median"}
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
        sections = {s: study[s] for s in SECTIONS["classify"]}
        name = json.dumps(sections, sort_keys=True)
        if name not in self._responses:
            self._responses[name] = classify(self._tables, study)
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
    """Return which estimates are followed: the headline of every endpoint in each of its compartments.

    An endpoint without compartments has one headline, wherever the definitions place it: symptoms attributed to the
    mesenteric mass stand under its compartment, symptoms of any cause under the whole patient.
    """
    found = []
    for endpoint in study["endpoints"]:
        about = {"endpoint": endpoint["id"], "statistic": STATISTIC.get(endpoint["kind"], "proportion")}
        places = endpoint.get("compartments") or []
        found += [{**about, "compartment": c} for c in places] or [about]
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
    selectors = followed(study)
    base: list[Row | None] = []
    out: list[Row] = []
    for position, variant in enumerate(variants(study)):
        rows = runs.estimates(variant.apply(study))
        found = [find(rows, selector, study) for selector in selectors]
        base = base or found
        for selector, row, own in zip(selectors, found, base, strict=True):
            if row is not None or own is not None:
                out.append(_row(position, variant, study, selector, row, own))
    return conform(pd.DataFrame(out), SENSITIVITY) if out else empty(SENSITIVITY)


def _row(
    position: int,
    variant: Variant,
    study: Mapping[str, Any],
    selector: Mapping[str, str],
    found: Row | None,
    own: Row | None,
) -> Row:
    """Return one row; an estimate that only the study or only the variant has is moved, and says why."""
    about = {
        "position": position,
        "variant": variant.name or "as the study file says",
        "key": written_keys(variant),
        "value": written([value for _, value in variant.changes]) or None,
        "study_value": written([value_of(study, key) for key, _ in variant.changes]) or None,
        "study_estimate": own["estimate"] if own else None,
    }
    if own is not None:
        selector = {**selector, "compartment": own["compartment"]}
    elif found is not None:
        selector = {**selector, "compartment": found["compartment"]}
    numbers = ("numerator", "denominator", "estimate", "ci_low", "ci_high", "text", "reason")
    if found is None:
        why = f"by this definition there is no {selector['statistic']}"
        missing = {**dict.fromkeys(numbers), "text": NOT_ESTIMABLE, "reason": why}
        return {
            **about,
            **selector,
            "evaluator": study["primary_evaluator"],
            **missing,
            "difference": None,
            "moved": True,
        }
    known = own is not None and found["estimate"] is not None and own["estimate"] is not None
    return {
        **about,
        **selector,
        **{k: found[k] for k in ("evaluator", *numbers)},
        "difference": found["estimate"] - own["estimate"] if own is not None and known else None,
        "moved": own is None or any(found[k] != own[k] for k in ("numerator", "denominator", "text")),
    }
