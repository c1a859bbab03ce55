"""The docs: every command is one that exists, the cheap ones run, and the site builds with no link that leads nowhere."""

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest
import yaml

from mesenluth import cli
from places import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^[ ]*```(\w*)\n(.*?)^[ ]*```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:\.venv/bin/)?(?:mesenluth|make) [^`]+)`")
PROGRAM = re.compile(r"^(?:[~.\w/]*bin/)?(mesenluth|make|python -m mesenluth\.[\w.]+)(?: (.*))?$")
PROSE = re.compile(r"\s{2,}\w.*$")
"""A command in a list of commands is followed by what it does, some spaces away."""


def commands(page):
    """Every call of `mesenluth`, `make` or a module of the package that a page shows: program and arguments."""
    text = page.read_text(encoding="utf-8")
    lines = [
        line.strip() for language, block in FENCE.findall(text) if language in ("", "sh") for line in block.splitlines()
    ]
    for line in [*lines, *(found.replace("\n", " ") for found in INLINE.findall(FENCE.sub("", text)))]:
        for part in PROSE.sub("", line.split(" # ")[0]).split(" && "):
            found = PROGRAM.match(part.strip())
            if found:
                yield found[1], shlex.split(found[2] or "")


ALL = sorted({(program, *arguments) for page in PAGES for program, arguments in commands(page)})
KNOWN = next(iter(cli.parser()._subparsers._group_actions)).choices
"""Subcommands: the text names some by themselves."""
CALLS = [c[1:] for c in ALL if c[0] == "mesenluth"]


def test_the_docs_show_the_commands_that_there_are():
    shown = {argument for call in CALLS for argument in call}
    for command in (
        "run",
        "register",
        "check",
        "map",
        "new-study",
        "trace",
        "why",
        "verify",
        "release",
        "diff",
        "dossier",
        "replay",
    ):
        assert command in shown, command


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_a_command_of_the_docs_is_understood(call):
    own = call[: call.index("--")] if "--" in call else call
    if own == ("--version",) or (len(call) == 1 and call[0] in KNOWN):
        return
    try:
        parsed = cli.parser().parse_args(own)
    except SystemExit:
        pytest.fail(f"mesenluth {' '.join(call)}: not understood")
    assert "--" not in call or parsed.command == "run"


def test_a_study_file_of_a_command_ships_or_is_the_readers_own():
    shipped = {f"studies/{p.name}" for p in (ROOT / "studies").glob("*.yaml")}
    own = {"studies/my_registry.yaml", "studies/lung.yaml", "studies/liver_first.yaml"}
    named = {call[i + 1] for call in CALLS for i, word in enumerate(call[:-1]) if word == "--study"}
    assert {n for n in named if "/" in n and n not in own and "<" not in n} <= shipped


def test_a_target_of_make_is_one():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {word for c in ALL if c[0] == "make" for word in c[1:] if "=" not in word}
    assert named
    assert named <= targets


def test_a_module_of_a_command_can_be_run():
    named = {c[0].removeprefix("python -m ") for c in ALL if c[0].startswith("python -m ")}
    assert [name for name in named if importlib.util.find_spec(name) is None] == []


@pytest.fixture
def project(tmp_path, monkeypatch):
    """What cheap commands read, in a folder that they may write to."""
    for name in ("Snakefile", "config.yaml", "schemas", "studies"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def cheap(call):
    """Whether a command takes no time and needs no data of the reader's."""
    named = [call[i + 1] for i, word in enumerate(call[:-1]) if word == "--study"]
    if "check" in call:
        return all((ROOT / n).is_file() for n in named)
    return "new-study" in call and "--at" not in call and "--compartment" in call


@pytest.mark.parametrize("call", [c for c in CALLS if cheap(c)], ids=" ".join)
def test_a_cheap_command_of_the_docs_runs(project, call, capsys):
    assert cli.main(call) == 0, capsys.readouterr().err


def test_a_study_file_shown_in_the_docs_is_yaml():
    for page in PAGES:
        for language, block in FENCE.findall(page.read_text(encoding="utf-8")):
            if language == "yaml":
                # Three dots stand for more of the same.
                yaml.safe_load(re.sub(r"^ *\.\.\.$", "", re.sub(r", \.\.\.\}", "}", block), flags=re.MULTILINE))


def test_the_site_builds_and_needs_no_network(tmp_path):
    # Not quietly: what is not told is not counted as a warning either.
    said = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")],
        cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
    )  # fmt: skip
    assert said.returncode == 0, said.stdout + said.stderr
    pages = list((tmp_path / "site").rglob("*.html"))
    assert len(pages) >= len(PAGES) - 1
    fetched = re.compile(r"<(?:script|link|img)[^>]+(?:src|href)=\"?(https?:)?//(?!www\.w3)", re.IGNORECASE)
    for page in pages:
        assert [m[0] for m in fetched.finditer(page.read_text(encoding="utf-8")) if 'rel="canonical"' not in m[0]] == []


def test_every_page_stands_in_the_navigation_and_pictures_are_small():
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    for page in (ROOT / "docs").rglob("*.md"):
        assert page.relative_to(ROOT / "docs").as_posix() in navigation
    for picture in (ROOT / "docs/images").iterdir():
        assert picture.stat().st_size < 200_000, picture.name


def test_the_page_of_measured_facts_is_what_the_benchmarks_and_the_tests_say():
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        import facts
    finally:
        sys.path.pop(0)
    # Counts move with every test that is added; what is counted, and what was measured, stands as it was written.
    numbers = re.compile(r"^(\| .* \|) [^|]*[0-9][^|]* (\| .* \|)$", re.MULTILINE)
    written = (ROOT / "docs/measured.md").read_text(encoding="utf-8")
    assert numbers.sub(r"\1 \2", facts.page()) == numbers.sub(r"\1 \2", written), "run `make docs`"
