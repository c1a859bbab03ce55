"""Fingerprints: an edited module changes exactly the programs that use it."""

import shutil

import pytest

from mesenluth.provenance.fingerprint import closure, code_hash


@pytest.fixture
def project(tmp_path):
    package = tmp_path / "src/mesenluth"
    files = {
        "__init__.py": "",
        "low/__init__.py": "",
        "low/base.py": "X = 1\n",
        "low/rules.yaml": "a: 1\n",
        "mid/__init__.py": "",
        "mid/uses.py": "from ..low.base import X\n",
        "mid/lazy.py": "def f():\n    from ..other import thing\n    return thing\n",
        "other/__init__.py": "from . import thing\n",
        "other/thing.py": "import numpy\n",
        "alone.py": "",
    }
    for name, text in files.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    (scripts / "a.py").write_text("from mesenluth.mid.uses import X\n")
    (scripts / "b.py").write_text("import mesenluth.mid.lazy\n")
    (scripts / "c.py").write_text("from mesenluth import alone\n")
    return tmp_path


def hashes(project) -> dict[str, str]:
    return {n: code_hash(project / "scripts" / f"{n}.py", project / "src") for n in "abc"}


@pytest.mark.parametrize(
    ("edited", "users"),
    [
        ("low/base.py", "a"),
        ("low/rules.yaml", "a"),
        ("mid/uses.py", "a"),
        ("mid/__init__.py", "ab"),
        ("mid/lazy.py", "b"),
        ("other/__init__.py", "b"),
        ("other/thing.py", "b"),
        ("alone.py", "c"),
        ("__init__.py", "abc"),
    ],
)
def test_an_edit_changes_its_users_only(project, edited, users):
    before = hashes(project)
    path = project / "src/mesenluth" / edited
    path.write_text(path.read_text() + "\n# changed\n")
    after = hashes(project)
    assert {n for n in "abc" if before[n] != after[n]} == set(users)


def test_the_program_itself_counts(project):
    before = hashes(project)
    (project / "scripts/a.py").write_text("from mesenluth.mid.uses import X  # changed\n")
    assert {n for n in "abc" if before[n] != hashes(project)[n]} == {"a"}


def test_a_new_import_is_seen(project):
    (project / "src/mesenluth/alone.py").write_text("from .low import base\n")
    assert project / "src/mesenluth/low/base.py" in closure(project / "scripts/c.py", project / "src")


def test_the_place_does_not_count(project, tmp_path_factory):
    other = tmp_path_factory.mktemp("elsewhere") / "copy"
    shutil.copytree(project, other)
    assert hashes(project) == hashes(other)
