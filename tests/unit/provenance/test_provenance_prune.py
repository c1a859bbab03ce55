"""Retention of cuts: the newest stay, and the last one whose release is verified, whatever the number."""

import pytest
from small_project import SmallProject

from mesenluth.errors import SourceError
from mesenluth.provenance.prune import cuts, last_verified, remove, retention
from mesenluth.provenance.release import releases
from mesenluth.provenance.release import remove as remove_release
from mesenluth.provenance.verify import verify


@pytest.fixture
def project(small) -> SmallProject:
    """Cuts of five dates; the first of them, 2023-06-30, is released."""
    small.release()
    for month, patients in enumerate((4, 5, 6, 7), start=1):
        small.study["cut"]["date"] = f"2024-0{month}-28"
        small.deliver({f"P{i}": f"C{i % 3:02d}" for i in range(patients)})
    return small


def names(project):
    return [cut.name for cut in cuts("small", project.root)]


def stored(project):
    return {p.relative_to(project.root) for p in (project.root / "cuts").rglob("*.parquet")}


def test_the_newest_and_the_last_verified_stay(project):
    found = retention(project.study, project.root, 2)
    assert found.kept == {
        "2023-06-30": "the last one whose release is verified",
        "2024-03-28": "the one that the study's is compared with",
        "2024-04-28": "the one of the study file",
    }
    assert found.removed == ["2024-01-28", "2024-02-28"]
    before = stored(project)
    assert names(project) == ["2023-06-30", "2024-01-28", "2024-02-28", "2024-03-28", "2024-04-28"]
    remove(found, project.root)
    assert names(project) == list(found.kept)
    # Every table of a cut that is kept is there, and no other one.
    kept = {p for cut in cuts("small", project.root) for part in cut.partitions for p in cut.paths(part)}
    assert {str(p) for p in stored(project)} == kept
    assert before - stored(project) == {f for f in found.files if f.suffix == ".parquet"}
    assert found.bytes > 0
    assert all(not verify(folder) for folder in releases(project.root, "small"))


def test_a_release_that_was_touched_is_not_the_last_verified_one(project):
    assert last_verified("small", project.root) == "2023-06-30"
    (folder,) = releases(project.root, "small")
    page = folder / "manifest.json"
    page.chmod(0o644)
    page.write_text(page.read_text().replace("C01", "C09", 1) + " ")
    assert last_verified("small", project.root) is None
    found = retention(project.study, project.root, 1)
    assert found.removed == ["2023-06-30", "2024-01-28", "2024-02-28"]
    remove_release(folder)


def test_many_are_kept_where_many_are_asked_for(project):
    found = retention(project.study, project.root, 9)
    assert found.removed == [] and found.files == [] and found.bytes == 0
    assert found.kept["2024-02-28"] == "among the newest 9"


def test_a_damaged_record_removes_nothing(project):
    record = project.root / "cuts/small/2024-01-28/cut.json"
    record.chmod(0o644)
    record.write_text(record.read_text()[:-40])
    with pytest.raises(SourceError, match="2024-01-28"):
        retention(project.study, project.root, 1)


def test_without_cuts_there_is_nothing_to_prune(study, tmp_path):
    with pytest.raises(SourceError, match="no cut is registered"):
        retention(study, tmp_path, 1)
