"""The recipes of docs/operating.md are ones that work: calls parse, files are read, statuses are the program's."""

import configparser
import re
import shlex
import subprocess

import pytest
import yaml

from mesenluth import errors
from mesenluth.cli import parser
from mesenluth.run_command import INTERRUPTED


@pytest.fixture
def page(root) -> str:
    return (root / "docs/operating.md").read_text()


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


def test_every_call_of_the_guide_parses(page):
    """What cron, systemd and CI would start, with the dates that the shell would put in."""
    calls = []
    for line in "\n".join(blocks(page, r"\w*")).splitlines():
        found = re.search(r"mesenluth (run|prune|register|verify) [^|>;`]*", line)
        if found:
            calls.append(re.split(r"\s{4,}", found[0].removeprefix("mesenluth "))[0].rstrip("'"))
    assert len(calls) >= 6
    for call in calls:
        date = subprocess.run(
            ["sh", "-c", f"printf '%s\\n' {call.replace(chr(92) + '%', '%').replace('%%', '%')}"],
            capture_output=True, text=True, check=True,
        ).stdout.splitlines()  # fmt: skip
        given = date[: date.index("--")] if "--" in date else date
        parsed = parser().parse_args(given)
        if getattr(parsed, "cut", None):
            assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", parsed.cut)


def test_the_shell_of_the_guide_is_shell(page):
    for block in blocks(page, "sh"):
        commands = "\n".join(re.split(r"\s{4,}\w", line)[0] for line in block.splitlines())
        assert subprocess.run(["sh", "-n"], input=commands, text=True, capture_output=True).stderr == ""


def test_units_and_pipelines_are_read(page):
    service, timer = (configparser.RawConfigParser(strict=True) for _ in range(2))
    for reader, text in zip((service, timer), blocks(page, "ini"), strict=True):
        reader.optionxform = str
        reader.read_string(text)
    start = shlex.split(service["Service"]["ExecStart"])
    assert start[:2] == ["/bin/sh", "-c"]
    # A percent sign alone would be one of systemd's own.
    assert "%" not in start[2].replace("%%", "")
    assert timer["Timer"]["OnCalendar"]
    (pipeline,) = blocks(page, "yaml")
    assert yaml.safe_load(pipeline)["cut"]["allow_failure"] == {"exit_codes": errors.BusyError.exit_status}


def test_statuses_are_those_of_the_program(page):
    table = dict(re.findall(r"^\| (\d+) \| (.+?) \|", page, re.MULTILINE))
    for error, word in (
        (errors.MesenluthError, "fault"),
        (errors.ConfigurationError, "configuration"),
        (errors.SourceError, "source"),
        (errors.GateError, "gate"),
        (errors.JobError, "job failed"),
        (errors.VerificationError, "verification"),
        (errors.TableError, "verification"),
        (errors.BusyError, "busy"),
    ):
        assert word in table.pop(str(error.exit_status), word)
    assert table.pop(str(INTERRUPTED)) == "interrupted" and set(table) == {"0"}
