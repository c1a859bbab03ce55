"""Expectations as plain data, and great_expectations to judge them.

The one place that knows great_expectations. An exception inside an expectation is a failure, whatever its severity.
"""

from __future__ import annotations

import datetime
import logging
import os
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

BY_TYPE = ("ExpectColumnValuesToBeOfType", "ExpectColumnToExist")
"""Expectations that a column without a value keeps or breaks like any other."""


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
    of : str
        What it asks about, where that matters: `contract`, `rows` or `rule`.
    """

    id: str
    kind: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    message: str = ""
    severity: str = "critical"
    of: str = ""


@dataclass(frozen=True)
class Suite:
    """A table, the column that names its rows, and what is expected of it.

    `typed` says that great_expectations is given the table with its own types, not with those it knows best.
    """

    name: str
    frame: pd.DataFrame
    index: str
    expectations: tuple[Expectation, ...]
    typed: bool = False


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
    observed : str
        What was seen, of an expectation of a whole column or table; empty text of one of rows.
    empty : bool
        Whether there was nothing to look at (no row, no value), so that it cannot hold.
    rows : int
        Rows of the table.
    """

    suite: str
    expectation: Expectation
    success: bool
    error: str
    unexpected: tuple[str, ...]
    observed: str = ""
    empty: bool = False
    rows: int = 0


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


class Examiner:
    """A session of great_expectations that judges suites one after the other.

    Parameters
    ----------
    folder : path, optional
        Folder of a project (`great_expectations.yml` lies in it), in which suites, checkpoints and validation results
        are kept as files; nothing is written if not given.
    cut, date : str
        Name of the cut and its date: name and time of the run that the files speak of.
    """

    def __init__(self, folder: str | Path | None = None, cut: str = "", date: str = "1970-01-01") -> None:
        with _quiet():
            # 3 s and more to import: paid only where the gate is judged.
            import great_expectations as gx
            from great_expectations.core.run_identifier import RunIdentifier
            from great_expectations.data_context.types.base import ProgressBarsConfig

            if folder is None:
                self._context: Any = gx.get_context(mode="ephemeral")
            else:
                self._context = gx.get_context(mode="file", context_root_dir=str(folder))
            self._context.variables.progress_bars = ProgressBarsConfig(globally=False)
            self._source = self._context.data_sources.add_pandas("tables")
            time = datetime.datetime.fromisoformat(date).replace(tzinfo=datetime.UTC)
            self._run = RunIdentifier(run_name=cut or None, run_time=time)

    def __call__(self, suites: Iterable[Suite]) -> list[Result]:
        """Judge every suite; results in the order of the suites' expectations.

        Rows are told apart by the suite's index column; unexpected values themselves are not kept.
        """
        with _quiet():
            return [result for suite in suites for result in self._judge(suite)]

    def _judge(self, suite: Suite) -> list[Result]:
        import great_expectations as gx

        context = self._context
        batch = self._source.add_dataframe_asset(suite.name).add_batch_definition_whole_dataframe("all")
        made = gx.ExpectationSuite(suite.name, expectations=[_made(e) for e in suite.expectations])
        definition = gx.ValidationDefinition(name=suite.name, data=batch, suite=context.suites.add(made))
        checkpoint = gx.Checkpoint(
            name=suite.name,
            validation_definitions=[context.validation_definitions.add(definition)],
            result_format={
                "result_format": "COMPLETE",
                "unexpected_index_column_names": [suite.index],
                "exclude_unexpected_values": True,
                "partial_unexpected_count": 0,
            },
        )
        frame = suite.frame if suite.typed else _plain(suite.frame)
        run = context.checkpoints.add(checkpoint).run(batch_parameters={"dataframe": frame}, run_id=self._run)
        # Results come back in another order than they were asked for.
        by_id = {}
        for outcome in run.run_results.values():
            for raw in outcome.results:
                asked = raw.expectation_config
                by_id[asked.meta["rule_id"] if asked and asked.meta else None] = raw
        return [as_result(suite, e, by_id.get(e.id)) for e in suite.expectations]


def examine(suites: Iterable[Suite]) -> list[Result]:
    """Let great_expectations judge suites in a session that leaves no file behind."""
    return Examiner()(suites)


def _made(expectation: Expectation) -> Any:
    """Return an expectation as great_expectations knows it."""
    from great_expectations import expectations as gxe
    from great_expectations.expectations.row_conditions import Column

    arguments = dict(expectation.arguments)
    if "where" in arguments:
        column, value = arguments.pop("where")
        arguments["row_condition"] = Column(column) == value
    about = {"rule_id": expectation.id, **({"meaning": expectation.message} if expectation.message else {})}
    return getattr(gxe, expectation.kind)(**arguments, severity=expectation.severity, meta=about)


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
        return Result(suite.name, expectation, False, "great_expectations gave no result", (), rows=len(suite.frame))
    errors = _errors(raw.exception_info)
    error = errors[0].splitlines()[0] if errors else ""
    detail = raw.result or {}
    if not error and not raw.success and not detail:
        error = "great_expectations gave no result and no reason"
    nothing = "" if error else _nothing(suite.frame, expectation)
    rows: set[str] = set()
    for item in detail.get("unexpected_index_list") or ():
        values = item[suite.index]
        rows |= {str(v) for v in (values if isinstance(values, (list, tuple, np.ndarray)) else [values])}
    success, observed = bool(raw.success) and not error and not nothing, _seen(detail.get("observed_value"))
    names = tuple(sorted(rows))
    return Result(
        suite.name, expectation, success, error or nothing, names, observed, bool(nothing), len(suite.frame)
    )  # fmt: skip


def _nothing(frame: pd.DataFrame, expectation: Expectation) -> str:
    """Return why an expectation of a column had nothing to look at; empty text if it had.

    great_expectations passes what an empty table or column says nothing about.
    """
    column = expectation.arguments.get("column")
    if column is None or column not in frame.columns or expectation.kind in BY_TYPE:
        return ""
    if frame.empty:
        return "the table has no row"
    return "" if frame[column].notna().any() else f"the column {column} holds no value"


def _seen(value: Any) -> str:
    """Return an observed value as text."""
    if value is None or isinstance(value, (list, tuple, dict, np.ndarray)):
        return ""
    return f"{value:.6g}" if isinstance(value, (float, np.floating)) else str(value)


def summary(results: Iterable[Result]) -> dict[str, Any]:
    """Return suites and results as plain data, suites in the order of their results: no random name, no time."""
    by_suite: dict[str, list[Result]] = {}
    for r in results:
        by_suite.setdefault(r.suite, []).append(r)
    return {
        "success": all(r.success for of in by_suite.values() for r in of),
        "suites": [
            {
                "name": name,
                "rows": of[0].rows,
                "success": all(r.success for r in of),
                "expectations": [
                    {
                        "id": r.expectation.id,
                        "type": r.expectation.kind,
                        "arguments": {
                            k: list(v) if isinstance(v, tuple) else v for k, v in r.expectation.arguments.items()
                        },
                        "severity": r.expectation.severity,
                        "meaning": r.expectation.message,
                        "success": r.success,
                        "observed": r.observed,
                        "error": r.error,
                        "empty": r.empty,
                        "unexpected": list(r.unexpected),
                    }
                    for r in of
                ],
            }
            for name, of in by_suite.items()
        ],
    }
