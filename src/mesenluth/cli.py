"""`mesenluth`: register a data cut, run the workflow, write the synthetic registry, check a study file."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .begin import command as begin
from .errors import ConfigurationError, MesenluthError
from .home import file as file_of
from .home import project_root
from .provenance import commands as provenance
from .provenance import diff_command, dossier_command, prune_command, replay_command, trace_command
from .rights import keep_private

DEFAULT = "config.yaml"


def changes_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return what the command line changes of the study file."""
    return {"cut": {"date": arguments.cut}} if arguments.cut else {}


def study_of(arguments: argparse.Namespace, root: Path) -> dict[str, Any]:
    """Return the study that a command is about, resolved and checked."""
    # Imported where needed, here and below: `mesenluth --help` and `trace` should not wait for pandas.
    from .study import load

    return load(root, arguments.study, changes_of(arguments))


def id_and_output(arguments: argparse.Namespace, root: Path) -> tuple[str, str]:
    """Return a study's id and the folder of its artifacts, without checking the whole study file."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        found = yaml.load(file_of(root, DEFAULT).read_text(encoding="utf-8"), Loader=loader)  # noqa: S506, a safe loader
        over = yaml.load(arguments.study.read_text(encoding="utf-8"), Loader=loader) if arguments.study else {}  # noqa: S506
        return {**found["study"], **over.get("study", {})}["id"], over.get("output", found["output"])
    except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError, AttributeError):
        # What is wrong with the study file is told best by who checks it.
        study = study_of(arguments, root)
        return study["study"]["id"], study["output"]


def register(study: Mapping[str, Any], root: Path) -> str:
    """Register the cut of a study if it is new, say so and return its name."""
    from .registry.cut import register as register_cut
    from .registry.source import read
    from .simulate.ensure import KINDS, ensure

    if study["source"]["kind"] in KINDS and ensure(study, root):
        print(f"wrote the {study['source']['kind']} registry {study['source']['path']}")
    cut, new = register_cut(read(study, root), study, root)
    print(f"cut {cut.name} of study {study['study']['id']}: " + ("registered" if new else "registered before"))
    return cut.name


def run(arguments: argparse.Namespace) -> int:
    """Register the cut if it is new, run the workflow; release what a cut named on the command line gave."""
    from .run_command import run

    return run(arguments)


def register_command(arguments: argparse.Namespace) -> int:
    """Register a data cut."""
    root = project_root()
    register(study_of(arguments, root), root)
    return 0


def simulate(arguments: argparse.Namespace) -> int:
    """Write the synthetic registry of a study."""
    from .simulate.ensure import KINDS, ensure

    root = project_root()
    study = study_of(arguments, root)
    if study["source"]["kind"] not in KINDS:
        raise ConfigurationError(f"source.kind: {study['source']['kind']!r}", f"{' or '.join(KINDS)}, to write one")
    written = ensure(study, root)
    print(f"{study['source']['path']}: {'written' if written else 'is as the study file asks already'}")
    return 0


def check(arguments: argparse.Namespace) -> int:
    """Check a study file."""
    study = study_of(arguments, project_root())
    print(f"study {study['study']['id']}: the study file is right")
    return 0


def map_command(arguments: argparse.Namespace) -> int:
    """Draft a mapping file for a source, or say what a study's mapping leaves open."""
    from .registry.connect import coverage, drafted
    from .tables.io import atomic_write

    root = project_root()
    if arguments.draft is None:
        print(coverage(study_of(arguments, root), root))
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


class Version(argparse.Action):
    """Say which program this is: looked up when asked for, since git is asked."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        """Print it and leave."""
        from .version import words

        print(words())
        parser.exit()


def parser() -> argparse.ArgumentParser:
    """Return the command line's parser."""
    main_parser = argparse.ArgumentParser(prog="mesenluth", description=__doc__)
    main_parser.add_argument("--version", action=Version, nargs=0, help="show version, commit and lock, and exit")
    main_parser.add_argument(
        "--directory", type=Path, metavar="FOLDER", help="work in this folder instead of the current one"
    )
    commands = main_parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--study", type=Path, metavar="FILE", help="study file, laid over config.yaml (default: config.yaml alone)"
    )
    common.add_argument("--cut", metavar="DATE", help="date of the data cut, instead of the study file's")
    for name, function, text in (
        ("run", run, "register the cut if it is new, then run the workflow"),
        ("register", register_command, "register a data cut; then plain `snakemake` works"),
        ("simulate", simulate, "write the synthetic or drawn registry of a study"),
        ("check", check, "check a study file"),
        ("map", map_command, "draft a mapping file for a registry, or say what a study's mapping leaves open"),
    ):
        command = commands.add_parser(name, parents=[common], help=text, description=f"{text.capitalize()}.")
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
            command.add_argument(
                "--profile", metavar="NAME", help="where jobs run: a folder of profiles/, such as `slurm`, or a path"
            )
            command.add_argument("--no-release", action="store_true", help="with --cut: do not release the cut")
    begin.add(commands)
    provenance.add(commands, common)
    for module in (trace_command, diff_command, dossier_command, replay_command, prune_command):
        module.add(commands, common)
    return main_parser


def _settle(parsed: argparse.Namespace) -> None:
    """Go to the folder to work in, and find the study file: there, or among those that ship."""
    if parsed.directory is not None:
        if not parsed.directory.is_dir():
            raise ConfigurationError(f"--directory {parsed.directory}: no such folder", do="make it, or name another")
        os.chdir(parsed.directory)
    study = getattr(parsed, "study", None)
    if study is not None and not study.exists():
        parsed.study = file_of(project_root(), study)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; a user's mistake gives a message and a status, not a traceback."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    passed_on: list[str] = []
    if "--" in given:
        at = given.index("--")
        given, passed_on = given[:at], given[at + 1 :]
    keep_private()
    parsed = parser().parse_args(given)
    if parsed.command == "run":
        if parsed.snakemake:
            parser().error(f"unexpected {' '.join(parsed.snakemake)}; arguments for snakemake follow `--`")
        parsed.snakemake = passed_on
    elif passed_on:
        parser().error("only `run` takes arguments for snakemake")
    try:
        _settle(parsed)
        return parsed.function(parsed)
    except MesenluthError as error:
        from .program import report

        return report(error)
    except BrokenPipeError:
        # Whoever reads has seen enough (`mesenluth trace ... | head`); Python would complain again at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("mesenluth: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
