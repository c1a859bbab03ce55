"""Tables of patients, a few patients at a time: what is worked on fits in memory, however long the tables are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from .io import to_frame
from .model import Table

AT_ONCE = 20_000
"""Patients in a portion: enough for whole arrays to be fast, few enough for some hundred megabytes."""


def portions(
    tables: Mapping[str, pa.Table], contracts: Mapping[str, Table], size: int = AT_ONCE
) -> Iterator[dict[str, pd.DataFrame]]:
    """Yield all tables portion by portion, patients in the order of their names; once if there is no patient.

    Parameters
    ----------
    tables : mapping of str to Arrow table
        Each with a column `patient_id`; `patients` names them all. A row of anybody else is in no portion.
    contracts : mapping of str to Table
        Their contracts.
    size : int
        Patients in a portion.
    """
    who = pc.unique(tables["patients"].column("patient_id").combine_chunks())
    patients = who.take(pc.sort_indices(who))
    number = max(-(-len(patients) // size), 1)
    rows = {}
    for name, data in tables.items():
        at = pc.index_in(data.column("patient_id"), value_set=patients).fill_null(-1).to_numpy()
        portion = np.where(at < 0, number, at // size)
        order = np.argsort(portion, kind="stable")
        rows[name] = order, np.searchsorted(portion[order], np.arange(number + 1))
    for i in range(number):
        yield {
            name: to_frame(_take(data, rows[name][0][slice(*rows[name][1][i : i + 2])]), contracts[name])
            for name, data in tables.items()
        }


def _take(data: pa.Table, positions: np.ndarray) -> pa.Table:
    """Return rows at ascending positions, chunk by chunk: Arrow is a hundred times slower over several chunks."""
    columns = []
    for column in data.columns:
        ends = np.cumsum([len(c) for c in column.chunks])
        cuts = np.searchsorted(positions, ends)
        parts, begin, before = [], 0, 0
        for chunk, end, cut in zip(column.chunks, ends, cuts, strict=True):
            if cut > begin:
                parts.append(chunk.take(pa.array(positions[begin:cut] - before)))
            begin, before = cut, int(end)
        columns.append(pa.chunked_array(parts, type=column.type))
    return pa.Table.from_arrays(columns, schema=data.schema)
