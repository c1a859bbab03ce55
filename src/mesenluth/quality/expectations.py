"""Expectations as plain data, and great_expectations to judge them.

The one place that knows great_expectations. An exception inside an expectation is a failure, whatever its severity.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Expectation:
    """One expectation of great_expectations, as plain data.

    Attributes
    ----------
    id : str
        Name within the suite; it comes back in the expectation's meta data as ``rule_id``.
    kind : str
        Class of `great_expectations.expectations`.
    arguments : mapping
        Its arguments. `where`, as (column, value), restricts it to such rows.
    message : str
        What it means if it fails.
    severity : str
        `critical`, `warning` or `info`.
    """

    id: str
    kind: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    message: str = ""
    severity: str = "critical"


@dataclass(frozen=True)
class Suite:
    """A table, the column that names its rows, and what is expected of it."""

    name: str
    frame: pd.DataFrame
    index: str
    expectations: tuple[Expectation, ...]


@dataclass(frozen=True)
class Result:
    """What became of one expectation.

    Attributes
    ----------
    success : bool
        Whether it holds; never if it could not be judged.
    error : str
        Why it could not be judged; empty if it could.
    unexpected : tuple of str
        Names of the rows that break it, sorted.
    """

    suite: str
    expectation: Expectation
    success: bool
    error: str
    unexpected: tuple[str, ...]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep great_expectations from reporting home, and from writing to the console."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logger = logging.getLogger("great_expectations")
    level = logger.level
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logger.setLevel(logging.CRITICAL)
        try:
            yield
        finally:
            logger.setLevel(level)


def examine(suites: Sequence[Suite]) -> list[Result]:
    """Let great_expectations judge every suite; results in the order of the suites' expectations.

    Parameters
    ----------
    suites : sequence of Suite
        Rows are told apart by the suite's index column; unexpected values themselves are not kept.
    """
    with _quiet():
        # 3 s and more to import: paid only where the gate is judged.
        import great_expectations as gx
        from great_expectations import expectations as gxe
        from great_expectations.data_context.types.base import ProgressBarsConfig
        from great_expectations.expectations.row_conditions import Column

        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        source = context.data_sources.add_pandas("counts")
        results: list[Result] = []
        for suite in suites:
            batch = source.add_dataframe_asset(suite.name).add_batch_definition_whole_dataframe("all")
            made = []
            for e in suite.expectations:
                arguments = dict(e.arguments)
                if "where" in arguments:
                    column, value = arguments.pop("where")
                    arguments["row_condition"] = Column(column) == value
                kind = getattr(gxe, e.kind)
                made.append(kind(**arguments, severity=e.severity, meta={"rule_id": e.id}))
            definition = gx.ValidationDefinition(
                name=suite.name,
                data=batch,
                suite=context.suites.add(gx.ExpectationSuite(suite.name, expectations=made)),
            )
            checkpoint = gx.Checkpoint(
                name=suite.name,
                validation_definitions=[context.validation_definitions.add(definition)],
                result_format={
                    "result_format": "COMPLETE",
                    "unexpected_index_column_names": [suite.index],
                    "exclude_unexpected_values": True,
                },
            )
            run = context.checkpoints.add(checkpoint).run(batch_parameters={"dataframe": _plain(suite.frame)})
            # Results come back in another order than they were asked for.
            by_id = {}
            for outcome in run.run_results.values():
                for raw in outcome.results:
                    asked = raw.expectation_config
                    by_id[asked.meta["rule_id"] if asked and asked.meta else None] = raw
            results += [as_result(suite, e, by_id.get(e.id)) for e in suite.expectations]
    return results


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with the types great_expectations knows best: objects, integers, floats."""
    plain = frame.reset_index(drop=True)
    for name in plain:
        if pd.api.types.is_string_dtype(plain[name].dtype):
            plain[name] = plain[name].astype(object).where(plain[name].notna(), None)
    return plain


def _errors(info: Any) -> list[str]:
    """Return the messages of exceptions, however deep they lie."""
    if not isinstance(info, Mapping):
        return []
    if info.get("raised_exception"):
        return [str(info.get("exception_message") or "exception")]
    return sorted({m for inner in info.values() for m in _errors(inner)})


def as_result(suite: Suite, expectation: Expectation, raw: Any) -> Result:
    """Return what great_expectations said of an expectation; silence and exceptions are failures."""
    if raw is None:
        return Result(suite.name, expectation, False, "great_expectations gave no result", ())
    errors = _errors(raw.exception_info)
    error = errors[0].splitlines()[0] if errors else ""
    detail = raw.result or {}
    if not error and not raw.success and not detail:
        error = "great_expectations gave no result and no reason"
    rows: set[str] = set()
    for item in detail.get("unexpected_index_list") or ():
        values = item[suite.index]
        rows |= {str(v) for v in (values if isinstance(values, (list, tuple, np.ndarray)) else [values])}
    return Result(suite.name, expectation, bool(raw.success) and not error, error, tuple(sorted(rows)))
