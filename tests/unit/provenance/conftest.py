"""Fixtures of the tests of provenance."""

from pathlib import Path

import pytest
from small_project import SmallProject


@pytest.fixture
def small(tmp_path) -> SmallProject:
    """A project that has run."""
    return SmallProject(tmp_path / "project")


@pytest.fixture(scope="module")
def released(tmp_path_factory) -> Path:
    """A release, made once; not to be changed."""
    return SmallProject(tmp_path_factory.mktemp("released") / "project").release()[0]
