"""What the study published, beside what is computed here, figure by figure.

The published figures come from the study file alone. Numerators and denominators must be the same; a percentage must
be the same after rounding the exact fraction, half up, to the digits that were published; a time after rounding to
its published digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pandas as pd

from ..errors import ConfigurationError
from ..tables.io import conform, empty
from ..tables.results import PUBLISHED_COMPARISON
from .cohorts import Study
from .definitions import in_words
from .response_rates import headline_population
from .rows import STUDY, Row
from .words import NOT_ESTIMABLE, NOT_REACHED, fixed, label, percent

NOT_COMPUTED = "not computed"


def digits(value: Any) -> int:
    """Return how many digits after the point a published number has: 1 for 12.5, 0 for 12."""
    return max(0, -int(Decimal(str(value)).as_tuple().exponent))


def find(rows: list[Row], selector: Mapping[str, Any], study: Study) -> Row | None:
    """Return the headline estimate that a published figure is about, or None.

    Parameters
    ----------
    rows : list of dict
        Estimates.
    selector : mapping
        `endpoint`, `compartment`, `statistic`, and where needed `time_months` or `population`.
    """
    kinds = {e["id"]: e["kind"] for e in study["endpoints"]}
    wanted = {
        **selector,
        "definition": STUDY,
        "evaluator": study["primary_evaluator"],
    }
    if selector["statistic"] == "proportion":
        wanted.setdefault("population", headline_population(kinds.get(selector["endpoint"], "")))
    # Of rows that differ in the interval's method alone, the study's own stands first.
    return next((r for r in rows if r["subgroup"] is None and all(r[k] == v for k, v in wanted.items())), None)


def _time(value: Any, decimals: int) -> str:
    """Return a time as it is printed: a number, or the words for one that is not reached."""
    if value is None:
        return NOT_REACHED
    return value if isinstance(value, str) else fixed(value, decimals)


def _written(value: Mapping[str, Any], own: Mapping[str, Any]) -> str:
    """Return `own` numbers in the form and with the digits of the published `value`."""
    if "count" in value:
        return str(own["count"])
    if "median" in value:
        places = max([digits(v) for v in value.values() if not isinstance(v, str)], default=1)
        text = _time(own["median"], places)
        if "ci_low" in value and "ci_high" in value and not own["ci_low"] is own["ci_high"] is None:
            text += f" ({_time(own['ci_low'], places)}-{_time(own['ci_high'], places)})"
        return text
    share = f"{own['percent']} %" if "percent" in value else ""
    counts = str(own.get("numerator", "")) if "numerator" in value else ""
    if counts and own.get("denominator") is not None:
        counts += f"/{own['denominator']}"
    return f"{counts} ({share})" if counts and share else counts or share


def _published(value: Mapping[str, Any]) -> str:
    own = {
        **value,
        "percent": fixed(value["percent"], digits(value["percent"])) if "percent" in value else "",
    }
    return _written(value, own)


def _same_time(published: Any, own: float | None) -> bool:
    """Return whether a time is the published one: the same words, or the same number at the published digits."""
    if isinstance(published, str) or own is None:
        return own is None and published == NOT_REACHED
    return fixed(own, digits(published)) == fixed(published, digits(published))


def _computed(value: Mapping[str, Any], row: Row) -> tuple[str, bool]:
    """Return an estimate in the form of the published figure, and whether it is the same."""
    if "median" in value:
        own = {"median": row["estimate"], "ci_low": row["ci_low"], "ci_high": row["ci_high"]}
        if not row["denominator"]:
            return NOT_ESTIMABLE, False
        agrees = all(_same_time(published, own[k]) for k, published in value.items())
        return _written(value, own), agrees
    if "count" in value:
        return _written(value, {"count": row["numerator"]}), row["numerator"] == value["count"]
    own = {"numerator": row["numerator"], "denominator": row["denominator"]}
    agrees = all(own[k] == value[k] for k in ("numerator", "denominator") if k in value)
    if "percent" in value:
        places = digits(value["percent"])
        if row["denominator"] and row["numerator"] is not None:
            own["percent"] = percent(row["numerator"], row["denominator"], places)
        elif row["estimate"] is not None:
            own["percent"] = fixed(100 * row["estimate"], places)
        else:
            return NOT_ESTIMABLE, False
        agrees &= own["percent"] == fixed(value["percent"], places)
    return _written(value, own), agrees


def comparison(rows: list[Row], study: Study) -> pd.DataFrame:
    """Return each published figure beside the computed one.

    Parameters
    ----------
    rows : list of dict
        Estimates.
    study : mapping
        `published.items`: `label`, `estimate` (which estimate), `value` (what was published), `open` (what the
        publication leaves open). A study that published nothing has `published` null.

    Returns
    -------
    DataFrame
        `results.PUBLISHED_COMPARISON`; empty if nothing was published. A figure that this study does not compute says
        so and does not agree. Beside the primary endpoint stands what its numbers can and cannot show.

    Raises
    ------
    ConfigurationError
        If a published value is of no known form.
    """
    items = (study.get("published") or {}).get("items") or []
    if not items:
        return empty(PUBLISHED_COMPARISON)
    primary = study["primary"]
    honest = next((r["reason"] for r in rows if r["statistic"] == "test"), None)
    out: list[Row] = []
    for position, item in enumerate(items, start=1):
        selector, value = item["estimate"], item["value"]
        if not {"count", "median", "numerator", "percent"} & set(value):
            raise ConfigurationError(
                f"published.items.{item['id']}.value: {dict(value)!r} is not a figure",
                "count, median, numerator or percent",
            )
        found = find(rows, selector, study)
        note: str | None = None
        if found is None:
            computed, agrees = NOT_COMPUTED, False
            note = f"no {selector['statistic']} of {selector['endpoint']} in {selector['compartment']} is computed"
        else:
            computed, agrees = _computed(value, found)
            if (selector["endpoint"], selector["compartment"]) == (primary["endpoint"], primary["compartment"]):
                note = honest
            elif selector["statistic"] != "proportion":
                note = found["reason"]
        words = in_words(selector["endpoint"], selector["compartment"], study)
        left_open = label({"label": item.get("open") or {}}, "")
        left_open = f"open in the abstract: {left_open}" if left_open else ""
        out.append(
            {
                "position": position,
                "item": label(item, item["id"]),
                "published": _published(value),
                "computed": computed,
                "agrees": agrees,
                "definition": "; ".join(filter(None, [words, left_open])) or "the endpoint is not part of this study",
                "note": note,
            }
        )
    return conform(pd.DataFrame(out), PUBLISHED_COMPARISON)
