"""A release is made again by its own workflow; what comes out otherwise is named, the first one first."""

import json
import platform

import pytest

from mesenluth.errors import ConfigurationError, JobError, VerificationError
from mesenluth.provenance.content import canonical, text_hash
from mesenluth.provenance.replay import differences, order, reasons, replay

SNAKEFILE = """
rule all:
    default_target: True
    input: "results/b.txt"
rule b:
    input: "results/a.txt"
    output: "results/b.txt"
    shell: "sed s/one/two/ {input} > {output}"
rule a:
    output: "results/a.txt"
    params: word=config["word"]
    shell: "echo {params.word} > {output}"
"""


@pytest.fixture
def release(tmp_path):
    """A release of two artifacts, one made from the other."""
    folder = tmp_path / "release"
    (folder / "project/envs").mkdir(parents=True)
    (folder / "project/src").mkdir()
    (folder / "project/Snakefile").write_text(SNAKEFILE)
    (folder / "project/study.json").write_text('{"word": "one", "output": "results"}')
    (folder / "project/envs/study.lock").write_text("pytest==1.0\n")
    artifacts = {
        "results/a.txt": {"sha256": text_hash("one\n"), "job": "z"},
        "results/b.txt": {"sha256": text_hash("two\n"), "job": "b"},
    }
    jobs = {"z": {"inputs": []}, "b": {"inputs": ["results/a.txt"]}}
    manifest = {"settings": {"output": "results"}, "artifacts": artifacts, "jobs": jobs}
    (folder / "manifest.json").write_bytes(canonical(manifest))
    run = {"python": platform.python_version(), "system": platform.platform(), "libraries": {"pytest": "1.0"}}
    (folder / "run.json").write_text(json.dumps(run))
    return folder


def test_a_release_is_made_again_byte_for_byte(release, tmp_path):
    to = tmp_path / "again"
    assert replay(release, to, ["--cores", "1"]) == 2
    assert (to / "results/b.txt").read_text() == "two\n"
    with pytest.raises(ConfigurationError, match="is there already"):
        replay(release, to, ["--cores", "1"])
    (to / "results/b.txt").unlink()
    (to / "results/a.txt").write_text("three\n")
    assert differences(release, to) == [("results/a.txt", "other bytes"), ("results/b.txt", "was not made")]


def test_the_first_difference_is_named_with_what_is_different_here(release, tmp_path):
    (release / "project/study.json").write_text('{"word": "none", "output": "results"}')
    with pytest.raises(VerificationError) as caught:
        replay(release, tmp_path / "again", ["--cores", "1"])
    assert "2 of 2 artifacts came out otherwise; the first is results/a.txt: other bytes" in str(caught.value)
    assert f"library pytest 1.0 then, {pytest.__version__} here" in str(caught.value)
    assert caught.value.exit_status == 6


def test_a_workflow_that_fails_is_said_to_fail(release, tmp_path):
    (release / "project/study.json").write_text("{}")
    with pytest.raises(JobError, match="could not be made again"):
        replay(release, tmp_path / "again", ["--cores", "1"])


def test_artifacts_come_after_what_they_are_made_from(release):
    assert order(json.loads((release / "manifest.json").read_text())) == ["results/a.txt", "results/b.txt"]
    assert reasons(release) == [f"library pytest 1.0 then, {pytest.__version__} here"]
