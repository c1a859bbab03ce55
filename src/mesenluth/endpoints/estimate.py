"""From the tables of responses to every number of the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from ..errors import ConfigurationError
from ..tables.io import conform
from ..tables.results import ESTIMATES
from .baseline import baseline_characteristics
from .centres import follow_up_by_centre
from .density import density_rows
from .growth import growth_rows
from .incidence import incidence_rows
from .interval_censoring import interval_rows
from .paired_survival_rows import paired_survival_rows
from .primary import primary_rows
from .published import comparison
from .response_rates import (
    chosen_column,
    clinical_rows,
    complication_rows,
    metabolic_rows,
    population_rows,
    response_rows,
)
from .rows import Row
from .status_changes import status_changes
from .subgroup_rates import rate_rows
from .subgroup_survival import survival_subgroup_rows
from .survival_estimates import survival_rows
from .time_to_event import time_to_event

RATES: dict[str, Callable[..., list[Row]]] = {
    "response": response_rows,
    "growth": growth_rows,
    "density": density_rows,
    "metabolic": metabolic_rows,
    "clinical": clinical_rows,
    "complications": complication_rows,
}
"""What computes an endpoint that is no time to an event, by its kind."""


def estimate(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """Compute all endpoints of a study.

    Parameters
    ----------
    tables : mapping of DataFrame
        Computed: cohort, lesion_changes, timepoint_responses, best_responses, growth_rates, best_density_responses,
        metabolic_responses, clinical_responses, complications.
        Of the registry: patients, follow_up, therapies; and, to know how long patients lived, administrations, scans,
        symptoms and any other dated table.
    study : mapping
        The resolved study file as plain mappings and lists.

    Returns
    -------
    dict of DataFrame
        By the name of their contract: estimates, time_to_event, curves, subgroup_curves, incidence, status_changes,
        baseline_characteristics, follow_up_by_centre, published_comparison. In `estimates` the rows of definition
        ``study`` are the headline: see `response_rates` for proportions, and `censoring` for the rule sets of
        time-to-event endpoints. What no reader decides stands under the primary evaluator.

    Raises
    ------
    ConfigurationError
        If the study asks for something that is not built, or for a reader who has read nothing.
    TableError
        If an included patient has no day 0.
    """
    rows = population_rows(tables, study)
    for endpoint in study["endpoints"]:
        if endpoint["kind"] in RATES:
            rows += RATES[endpoint["kind"]](endpoint, tables, study)
        elif endpoint["kind"] != "time_to_event":
            raise ConfigurationError(
                f"endpoints.{endpoint['id']}.kind: {endpoint['kind']!r} is not built",
                f"one of {', '.join([*RATES, 'time_to_event'])}",
            )
    rows += primary_rows(rows, study)
    times = time_to_event(tables, study)
    survival, curves = survival_rows(times, study)
    incidences, incidence = incidence_rows(times, study)
    rows += survival + incidences + interval_rows(times, study)
    rows += paired_survival_rows(times, tables, study)
    rows += rate_rows(tables, study, chosen_column(study))
    of_subgroups, subgroup_curves = survival_subgroup_rows(times, tables, study)
    rows += of_subgroups
    return {
        "estimates": conform(pd.DataFrame(rows, columns=ESTIMATES.column_names), ESTIMATES),
        "time_to_event": times,
        "curves": curves,
        "subgroup_curves": subgroup_curves,
        "incidence": incidence,
        "status_changes": status_changes(times),
        "baseline_characteristics": baseline_characteristics(tables, study),
        "follow_up_by_centre": follow_up_by_centre(tables, study),
        "published_comparison": comparison(rows, study),
    }
