"""After a whole run, what was planted in its environment is nowhere, and no file is anybody else's."""

from workflow.harness import PLANTED


def test_no_secret_is_in_anything_that_a_run_wrote_or_said(ran):
    project, said = ran
    secrets = [value.encode() for value in PLANTED.values()]
    assert not any(s in said.stdout + said.stderr for s in PLANTED.values())
    written = [
        p for top in ("results", "cuts", "data", ".snakemake") for p in (project / top).rglob("*") if p.is_file()
    ]
    assert len(written) > 300
    for path in written:
        content = path.read_bytes()
        assert not any(s in content for s in secrets), path


def test_what_a_run_wrote_is_for_the_owner_and_the_group(ran):
    project, _ = ran
    for top in ("results", "cuts", "data"):
        for path in (project / top).rglob("*"):
            assert path.stat().st_mode & 0o007 == 0 or path.name == "README.md", path
