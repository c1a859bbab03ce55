"""What a job needs, by the size of what was registered: memory and time, as the scheduler of a cluster is told.

The size is known when a run is planned, so that a dry run shows what will be asked for, and so that jobs that are
submitted together can be added up before the files between them are there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

SNAKEMAKE_MB = 400
"""What a job on a cluster carries beside its program: Snakemake, twice."""
LEAST_MINUTES = 5
SLOWER = 4
"""How much slower a node may be than the machine of the measurements."""


@dataclass(frozen=True)
class Need:
    """What a step was measured to take (docs/operating.md).

    Attributes
    ----------
    base_mb, million_mb : int
        Peak memory (MB) of a cut without rows, and what a million rows of the registry add.
    base_seconds, million_seconds : int
        The same of the time on one core (s).
    """

    base_mb: int
    million_mb: int
    base_seconds: int
    million_seconds: int


NEEDS: dict[str, Need] = {
    "extract": Need(170, 1000, 2, 20),
    "validate": Need(170, 500, 2, 10),
    "profile": Need(160, 350, 1, 5),
    "compare": Need(170, 1000, 2, 20),
    "across": Need(145, 100, 1, 2),
    "quality": Need(140, 10, 1, 1),
    "findings": Need(140, 100, 1, 2),
    "queries": Need(155, 150, 1, 10),
    "expectations": Need(305, 300, 9, 5),
    "gate": Need(135, 10, 1, 1),
    "picture": Need(185, 100, 1, 2),
    "classify": Need(180, 1000, 3, 15),
    "endpoints": Need(240, 1000, 4, 40),
    "effects": Need(240, 1000, 4, 40),
    "sensitivity": Need(250, 1200, 20, 100),
    "figure": Need(240, 200, 3, 5),
    "adam": Need(190, 1000, 2, 20),
    "report": Need(175, 300, 2, 5),
    "page": Need(240, 300, 3, 5),
}
"""Step -> what it takes."""


def rows(files: Iterable[str | Path]) -> int:
    """Return how many rows Parquet files hold together, from their footers."""
    from pyarrow.parquet import read_metadata

    return sum(read_metadata(file).num_rows for file in files)


def memory_mb(step: str, size: int, attempt: int = 1) -> int:
    """Return the memory to ask for (MB); twice as much for each attempt after the first.

    Parameters
    ----------
    step : str
        One of `NEEDS`.
    size : int
        Rows of the registry that the step is about.
    attempt : int
        Number of the attempt, from 1.
    """
    need = NEEDS[step]
    # A quarter more than was measured: other data, other libraries.
    taken = need.base_mb + need.million_mb * size / 1e6
    return round(SNAKEMAKE_MB + taken * 5 / 4) * 2 ** (attempt - 1)


def minutes(step: str, size: int, attempt: int = 1) -> int:
    """Return the time to ask for (minutes); twice as much for each attempt after the first. Parameters as above."""
    need = NEEDS[step]
    taken = SLOWER * (need.base_seconds + need.million_seconds * size / 1e6) / 60
    return round(LEAST_MINUTES + taken) * 2 ** (attempt - 1)
