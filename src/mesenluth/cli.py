"""`mesenluth`: register a data cut, run the workflow, write the synthetic registry, check a study file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from . import __version__
from .errors import ConfigurationError, MesenluthError
from .program import report
from .study import DEFAULT, load


def project_root(start: Path | None = None) -> Path:
    """Return the project: the nearest folder upwards that holds Snakefile and config.yaml, else this clone."""
    here = (start or Path.cwd()).resolve()
    clone = Path(__file__).resolve().parents[2]
    for folder in (here, *here.parents, clone):
        if (folder / "Snakefile").is_file() and (folder / DEFAULT).is_file():
            return folder
    raise ConfigurationError(
        f"{here}: not inside a mesenluth project",
        "a folder with Snakefile and config.yaml",
        "cd into the clone",
    )


def _changes(arguments: argparse.Namespace) -> dict[str, Any]:
    return {"cut": {"date": arguments.cut}} if arguments.cut else {}


def _study(arguments: argparse.Namespace, root: Path) -> dict[str, Any]:
    return load(root, arguments.study, _changes(arguments))


def _register(study: Mapping[str, Any], root: Path) -> str:
    # Imported here: `mesenluth --help` should not wait for pandas.
    from .registry.cut import register
    from .registry.source import read
    from .simulate.ensure import ensure

    if study["source"]["kind"] == "synthetic" and ensure(study, root):
        print(f"wrote the synthetic registry {study['source']['path']}")
    cut, new = register(read(study, root), study, root)
    print(f"cut {cut.name} of study {study['study']['id']}: " + ("registered" if new else "registered before"))
    return cut.name


def run(arguments: argparse.Namespace) -> int:
    """Register the cut if it is new, then run the workflow."""
    from .workflow import execute

    root = project_root()
    study = _study(arguments, root)
    _register(study, root)
    return execute(study, root, arguments.study, _changes(arguments), arguments.snakemake)


def register_command(arguments: argparse.Namespace) -> int:
    """Register a data cut."""
    root = project_root()
    _register(_study(arguments, root), root)
    return 0


def simulate(arguments: argparse.Namespace) -> int:
    """Write the synthetic registry of a study."""
    from .simulate.ensure import ensure

    root = project_root()
    study = _study(arguments, root)
    if study["source"]["kind"] != "synthetic":
        raise ConfigurationError(f"source.kind: {study['source']['kind']!r}", "synthetic, to write one")
    written = ensure(study, root)
    print(f"{study['source']['path']}: {'written' if written else 'is as the study file asks already'}")
    return 0


def check(arguments: argparse.Namespace) -> int:
    """Check a study file."""
    study = _study(arguments, project_root())
    print(f"study {study['study']['id']}: the study file is right")
    return 0


def map_command(arguments: argparse.Namespace) -> int:
    """Draft a mapping file for a source, or say what a study's mapping leaves open."""
    from .registry.connect import coverage, drafted
    from .tables.io import atomic_write

    root = project_root()
    if arguments.draft is None:
        print(coverage(_study(arguments, root), root))
        return 0
    text = drafted(arguments.draft, arguments.dictionary, root)
    if arguments.output is None:
        print(text, end="")
        return 0
    if arguments.output.exists():
        raise ConfigurationError(
            f"{arguments.output}: there is such a file", "a new file", "remove it, or name another"
        )
    atomic_write(arguments.output, text.encode())
    print(f"{arguments.output}: drafted; read it line by line, {text.count('CHECK')} places say CHECK")
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the command line's parser."""
    main_parser = argparse.ArgumentParser(prog="mesenluth", description=__doc__)
    main_parser.add_argument("--version", action="version", version=f"mesenluth {__version__}")
    commands = main_parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, function, text in (
        ("run", run, "register the cut if it is new, then run the workflow"),
        ("register", register_command, "register a data cut; then plain `snakemake` works"),
        ("simulate", simulate, "write the synthetic registry"),
        ("check", check, "check a study file"),
        ("map", map_command, "draft a mapping file for a registry, or say what a study's mapping leaves open"),
    ):
        command = commands.add_parser(name, help=text, description=f"{text.capitalize()}.")
        command.add_argument(
            "--study",
            type=Path,
            metavar="FILE",
            help="study file, laid over config.yaml (default: config.yaml alone)",
        )
        command.add_argument("--cut", metavar="DATE", help="date of the data cut, instead of the study file's")
        command.set_defaults(function=function)
        if name == "map":
            command.add_argument(
                "--draft", metavar="SOURCE",
                help="file or folder (CSV, Excel, Parquet, SQLite, a REDCap export), `postgresql`, `postgresql:schema`,"
                " or the address of a REDCap API",
            )  # fmt: skip
            command.add_argument("--dictionary", type=Path, metavar="FILE", help="data dictionary of a REDCap export")
            command.add_argument(
                "--output", type=Path, metavar="FILE", help="where to write the draft (else: the screen)"
            )
        if name == "run":
            command.add_argument(
                "snakemake", nargs="*", metavar="-- SNAKEMAKE ARGUMENT",
                help="passed on to snakemake after `--`, such as `-- --dry-run` or `-- --cores 4`",
            )  # fmt: skip
    return main_parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; a user's mistake gives a message and a status, not a traceback."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    passed_on: list[str] = []
    if "--" in given:
        at = given.index("--")
        given, passed_on = given[:at], given[at + 1 :]
    parsed = parser().parse_args(given)
    if parsed.command == "run":
        if parsed.snakemake:
            parser().error(f"unexpected {' '.join(parsed.snakemake)}; arguments for snakemake follow `--`")
        parsed.snakemake = passed_on
    elif passed_on:
        parser().error("only `run` takes arguments for snakemake")
    try:
        return parsed.function(parsed)
    except MesenluthError as error:
        return report(error)
    except KeyboardInterrupt:
        print("mesenluth: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
