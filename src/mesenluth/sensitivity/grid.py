"""Every variant of the study computed from the validated tables on, and what it moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..endpoints.estimate import RATES
from ..endpoints.names import INPUTS
from ..endpoints.published import find
from ..endpoints.rows import Row
from ..endpoints.survival_estimates import survival_rows
from ..endpoints.time_to_event import time_to_event
from ..endpoints.words import NOT_ESTIMABLE
from ..response.classify import classify
from ..response.eligibility import cohort, judge
from ..response.origins import origins
from ..reuse import Reuse
from ..tables.io import conform, empty, to_arrow, to_frame
from ..tables.portions import AT_ONCE, portions
from ..tables.registry import REGISTRY
from ..tables.results import RESULTS, SENSITIVITY
from .variants import Variant, value_of, variants
from .words import written, written_keys

STATISTICS = {"time_to_event": ("median",), "growth": ("growth_before", "growth_early", "growth_change")}
"""What is followed of an endpoint, by its kind; of every other it is the proportion."""


class Runs:
    """Computes variants; what a variant does not change is not computed again.

    Only patients who can be included are classified, since a patient's responses do not depend on other patients. What
    the study itself computed is kept, in portions of patients as classification works, and used again wherever nothing
    that was read of tables and definitions differs (see `reuse`).

    Parameters
    ----------
    tables : mapping of DataFrame
        Validated registry tables.
    at_once : int
        Patients classified at a time.
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame], at_once: int = AT_ONCE) -> None:
        self._tables, self._at_once = tables, at_once
        self._whole = Reuse()
        self._included: pd.Series | None = None
        self._kept: dict[str, pd.DataFrame] = {}
        self._portions: list[tuple[dict[str, pd.DataFrame], Reuse]] = []
        self._joined: dict[str, tuple[list[pd.DataFrame], pd.DataFrame]] = {}

    def estimates(self, study: Mapping[str, Any]) -> list[Row]:
        """Return the estimates of a study's endpoints under its own definition."""
        own = {**study, "survival": {**study["survival"], "rule_sets": ["study"]}}
        with self._whole.active():
            day0 = origins(self._tables["administrations"], own["treatment"]["administrations"])
            people = cohort(judge(self._tables, own), self._tables["patients"], day0)
        self._choose(people.loc[people["included"], "patient_id"].reset_index(drop=True))
        parts: dict[str, list[pd.DataFrame]] = {}
        for tables, reuse in self._portions:
            with reuse.active():
                for name, frame in classify(tables, own, compare=False).items():
                    parts.setdefault(name, []).append(frame)
            reuse.keep = False
        tables = {**self._kept, **{name: self._join(name, frames) for name, frames in parts.items()}}
        rows: list[Row] = []
        with self._whole.active():
            for endpoint in own["endpoints"]:
                if endpoint["kind"] in RATES:
                    rows += RATES[endpoint["kind"]](endpoint, tables, own)
            rows += survival_rows(time_to_event(tables, own), own)[0]
        self._whole.keep = False
        return rows

    def _choose(self, included: pd.Series) -> None:
        """Take the tables of these patients, in portions; those there are if they are the same patients."""
        if self._included is not None and included.equals(self._included):
            return
        arrow = {name: to_arrow(self._tables[name], table) for name, table in REGISTRY.items()}
        wanted = pa.array(included, pa.string())
        chosen = {name: t.filter(pc.is_in(t.column("patient_id"), value_set=wanted)) for name, t in arrow.items()}
        self._included = included
        self._kept = {name: to_frame(t, REGISTRY[name]) for name, t in chosen.items() if name in INPUTS}
        self._portions = [(tables, Reuse()) for tables in portions(chosen, REGISTRY, self._at_once)]
        self._joined = {}

    def _join(self, name: str, frames: list[pd.DataFrame]) -> pd.DataFrame:
        """Return the portions of a table as one: the same object for the same portions."""
        known = self._joined.get(name)
        if known is not None and all(a is b for a, b in zip(known[0], frames, strict=True)):
            return known[1]
        whole = conform(pd.concat(frames, ignore_index=True), RESULTS[name]) if len(frames) > 1 else frames[0]
        self._joined.setdefault(name, (frames, whole))
        return whole


def followed(study: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return which estimates are followed: the headline of every endpoint in each of its compartments.

    An endpoint without compartments has one headline, wherever the definitions place it: symptoms attributed to the
    mesenteric mass stand under its compartment, symptoms of any cause under the whole patient.
    """
    found = []
    for endpoint in study["endpoints"]:
        statistics = STATISTICS.get(endpoint["kind"], ("proportion",))
        about = [{"endpoint": endpoint["id"], "statistic": s} for s in statistics]
        places = endpoint.get("compartments") or []
        found += [{**a, "compartment": c} for c in places for a in about] or about
    return found


def grid(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any], at_once: int = AT_ONCE) -> pd.DataFrame:
    """Compute every variant of the study.

    Parameters
    ----------
    tables : mapping of DataFrame
        Validated registry tables, all of `tables.registry.REGISTRY`.
    study : mapping
        The resolved study file.
    at_once : int
        Patients classified at a time; it changes no result.

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
    runs = Runs(tables, at_once)
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
