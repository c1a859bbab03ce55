"""Where a run's tables lie: in the working area or in a release. Read by column and by row, without pandas."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ..errors import VerificationError
from .manifest_names import FOLDER, MANIFEST, RESULTS

Row = dict[str, Any]
KEPT_ROWS = 300_000


@dataclass(frozen=True)
class Place:
    """A run to be looked into.

    Attributes
    ----------
    results : Path
        Folder of its artifacts.
    project : Path
        Folder that its other inputs (registered cuts) are relative to.
    manifest_path : Path
    """

    results: Path
    project: Path
    manifest_path: Path

    @classmethod
    def of_run(cls, root: Path, out: str) -> Place:
        """Return the working area of a project."""
        return cls(root / out, root, root / out / FOLDER / MANIFEST)

    @classmethod
    def of_release(cls, folder: Path) -> Place:
        """Return a release."""
        return cls(folder / "results", folder / "project", folder / MANIFEST)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Manifest of the run; VerificationError if there is none."""
        try:
            return json.loads(self.manifest_path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise VerificationError(
                f"{self.manifest_path}: no manifest of a complete run", do="`mesenluth run`, or name a release"
            ) from None

    @property
    def settings(self) -> dict[str, Any]:
        """The study file of the run."""
        return self.manifest["settings"]

    def files(self, table: str, folder: str = "") -> list[Path]:
        """Return the files of a table, one a partition; `folder` (such as ``validated``) where several have it."""
        names = [
            path
            for path in self.manifest["artifacts"]
            if path.endswith(f"/{table}.parquet") and path.startswith(f"{RESULTS}{folder}")
        ]
        return [self.results / name.removeprefix(RESULTS) for name in names]

    def stored(self, table: str) -> list[Path]:
        """Return the files of a table as it was registered with the cut."""
        mine = {p for job in self.manifest["jobs"].values() if job["rule"] == "extract" for p in job["inputs"]}
        return [self.project / p for p in sorted(mine) if self.manifest["inputs"][p].get("table") == table]

    def rows(
        self, table: str, filters: Sequence[tuple[str, str, Any]] = (), columns: Sequence[str] = (), folder: str = ""
    ) -> list[Row]:
        """Return the rows of a table that meet all conditions (column, operator, value), as plain values.

        Whole tables of the cut win over its partitions where both exist.
        """
        files = self.files(table, folder)
        shallow = min((len(f.parts) for f in files), default=0)
        return read_rows([f for f in files if len(f.parts) == shallow], filters, columns)

    def of_patient(self, table: str, patient: str, folder: str = "") -> list[Row]:
        """Return a patient's rows of a table of patients; the table is kept for the next patient unless it is large."""
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        files = self.files(table, folder)
        if sum(pq.read_metadata(f).num_rows for f in files) > KEPT_ROWS:
            return read_rows(files, [("patient_id", "=", patient)])
        if (folder, table) not in self._kept:
            self._kept[folder, table] = [pq.read_table(f, partitioning=None) for f in files]
        found: list[Row] = []
        for data in self._kept[folder, table]:
            found += data.filter(pc.equal(data.column("patient_id"), patient)).to_pylist()
        return found

    @cached_property
    def _kept(self) -> dict[tuple[str, str], Any]:
        return {}


def read_rows(
    files: Sequence[Path], filters: Sequence[tuple[str, str, Any]] = (), columns: Sequence[str] = ()
) -> list[Row]:
    """Return rows of Parquet files that meet all conditions."""
    import pyarrow.parquet as pq

    found: list[Row] = []
    for file in files:
        data = pq.read_table(file, columns=list(columns) or None, filters=list(filters) or None, partitioning=None)
        found += data.to_pylist()
    return found
