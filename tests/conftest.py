"""What all tests share."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from mesenluth.study import load
from places import ROOT

# The machine's load must not fail a property: no deadline, and the same examples on every run.
settings.register_profile("project", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("project")

# A key of the person who runs the tests must not change what they see.
os.environ.pop("MESENLUTH_PSEUDONYM_KEY", None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that take longest, so that no worker waits for another at the end."""
    items.sort(key=lambda item: "tests/workflow" not in item.nodeid)


@pytest.fixture(autouse=True)
def rights():
    """Take back what a command called in this process does to the rights of later files."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


@pytest.fixture
def root() -> Path:
    """Folder of the project."""
    return ROOT


@pytest.fixture
def study() -> dict:
    """The default study, resolved."""
    return load(ROOT)
