"""What the scripts of all steps share: the same arguments, lineage in every file written, errors for people."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pandas as pd

from .errors import ConfigurationError, MesenluthError, TableError
from .rights import keep_private
from .tables.digest import logical_hash
from .tables.invariants import REFERRED, check, names_of
from .tables.io import TableWriter, conform, empty, read_arrow, read_footer, read_table, to_arrow, write_table
from .tables.model import Table
from .tables.portions import portions

MARK = "mesenluth error"


def report(error: MesenluthError) -> int:
    """Print an error for the person who can mend it and return the exit status it asks for."""
    print(f"{MARK} {error.exit_status}: {error}", file=sys.stderr)
    return error.exit_status


class Step:
    """One step of the workflow: reads its inputs, knows its settings, writes with lineage.

    Attributes
    ----------
    settings : dict
        Sections of the study file this step depends on.
    inputs : dict of str to list of Path
        Name of table -> its files, one a partition.
    folder : Path
        Where the step writes.
    options : dict of str to str
        Arguments that only this step has.
    """

    def __init__(self, name: str, arguments: argparse.Namespace) -> None:
        self.name = name
        self.options: dict[str, str] = vars(arguments)
        self.folder: Path = arguments.output
        self.inputs: dict[str, list[Path]] = {}
        for path in arguments.input:
            self.inputs.setdefault(path.stem, []).append(path)
        try:
            self.settings: dict[str, Any] = json.loads(arguments.settings)
        except ValueError as error:
            raise ConfigurationError(f"--settings: not JSON ({error})", "sections of the study file") from None
        self._known: dict[str, pd.Series] = {}
        self._lineage: dict[str, Any] = {
            "step": name,
            "code": arguments.code,
            "env": arguments.env,
            "settings": self.settings,
            "inputs": {},
        }

    def _files(self, table: Table) -> list[Path]:
        paths = self.inputs.get(table.name, [])
        if not paths:
            raise ConfigurationError(
                f"step {self.name}: no file of table {table.name} among the inputs",
                f"--input .../{table.name}.parquet",
            )
        return paths

    def read(self, table: Table) -> pd.DataFrame:
        """Read a table from all its files and note its content for the lineage."""
        files = self._files(table)
        frame = read_table(files, table)
        content = logical_hash(to_arrow(frame, table))
        if len(files) == 1 and read_footer(files[0]).get("sha256", content) != content:
            raise TableError(
                f"{files[0]}: its rows do not match the hash in its footer",
                "the rows that were written",
                "`mesenluth run` makes a damaged artifact again; a damaged registered cut comes from a copy",
            )
        self._lineage["inputs"][table.name] = content
        self._note(frame, table)
        return frame

    def _note(self, frame: pd.DataFrame, table: Table) -> None:
        """Keep the names of rows that rows of other tables may refer to."""
        if table.name in REFERRED:
            self._known[table.name] = names_of(frame, table.name)

    def _checked(self, frame: pd.DataFrame, table: Table, known: Mapping[str, pd.Series]) -> pd.DataFrame:
        """Return the table by its contract; TableError if what always holds of it does not."""
        frame = conform(frame, table)
        check(frame, table, known)
        return frame

    def read_portions(self, tables: Iterable[Table]) -> Iterator[dict[str, pd.DataFrame]]:
        """Read tables of patients some patients at a time, and note their content for the lineage."""
        contracts = {t.name: t for t in tables}
        whole = {}
        for name, table in contracts.items():
            files = self._files(table)
            whole[name] = read_arrow(files[0], table) if len(files) == 1 else to_arrow(read_table(files, table), table)
            self._lineage["inputs"][name] = logical_hash(whole[name])
        return portions(whole, contracts)

    def write_portions(self, portions: Iterable[Mapping[str, pd.DataFrame]], tables: Mapping[str, Table]) -> None:
        """Write tables that come some patients at a time, each by the contract of its name.

        One portion is written while the next one is computed. An error on the way leaves no table behind.
        """
        writers: dict[str, TableWriter] = {}
        with ExitStack() as stack, ThreadPoolExecutor(1) as beside:

            def write(frames: Mapping[str, pd.DataFrame]) -> None:
                # The patients of a portion are in no other one.
                known = {n: names_of(frames[n], n) for n in REFERRED if n in frames}
                for name, frame in frames.items():
                    writers[name].write(self._checked(frame, tables[name], known))

            under_way: Future[None] | None = None
            for frames in portions:
                for name in frames.keys() - writers.keys():
                    path = self.folder / f"{name}.parquet"
                    writers[name] = stack.enter_context(TableWriter(path, tables[name], self._lineage))
                if under_way:
                    under_way.result()
                under_way = beside.submit(write, frames)
            if under_way:
                under_way.result()

    def read_parts(self, table: Table, add: Callable[[pd.DataFrame], pd.DataFrame]) -> pd.DataFrame:
        """Read a table whose partitions each hold a row for the same key (counts), and add them up.

        The lineage notes the sum: how the work was split is no part of what was read.

        Parameters
        ----------
        table : Table
            Contract of the parts and of the sum.
        add : callable
            All parts, one after the other -> one table.
        """
        parts = [read_table(path, table) for path in self.inputs.get(table.name, [])]
        whole = add(pd.concat(parts, ignore_index=True) if parts else empty(table))
        self._lineage["inputs"][table.name] = logical_hash(to_arrow(whole, table))
        return whole

    def read_all(self, tables: Iterable[Table]) -> dict[str, pd.DataFrame]:
        """Read several tables, by name."""
        return {t.name: self.read(t) for t in tables}

    def write(self, frame: pd.DataFrame, table: Table, folder: str | Path | None = None, name: str = "") -> None:
        """Write a table, with the lineage so far in its footer, into the step's folder or another."""
        place = Path(folder) if folder is not None else self.folder
        frame = self._checked(frame, table, self._known)
        self._note(frame, table)
        write_table(frame, place / f"{name or table.name}.parquet", table, self._lineage)

    def write_all(self, frames: Mapping[str, pd.DataFrame], tables: Mapping[str, Table]) -> None:
        """Write several tables, each by the contract of its name."""
        for name, frame in frames.items():
            self.write(frame, tables[name])


def run(
    name: str,
    description: str | None,
    work: Callable[[Step], None],
    options: Mapping[str, str] | None = None,
) -> None:
    """Run one step as a program: parse arguments, do the work, turn a user's mistake into a message.

    Parameters
    ----------
    name, description : str
        Name of the step, and its help.
    work : callable
        What the step does.
    options : mapping of str to str, optional
        Further arguments of this step -> their help.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--input", nargs="+", type=Path, required=True, metavar="PARQUET",
        help="input tables; each file is called after its table, several files of one table are its partitions",
    )  # fmt: skip
    parser.add_argument("--output", type=Path, required=True, metavar="FOLDER", help="folder to write to")
    parser.add_argument("--settings", default="{}", metavar="JSON", help="sections of the study file")
    parser.add_argument("--code", default="", help="hash of the code, for the lineage")
    parser.add_argument("--env", default="", help="hash of the environment's lock, for the lineage")
    for option, text in (options or {}).items():
        parser.add_argument(f"--{option}", required=True, help=text)
    arguments = parser.parse_args()
    keep_private()
    try:
        work(Step(name, arguments))
    except MesenluthError as error:
        sys.exit(report(error))
