"""Before a run, what is not what was recorded of it is taken away: bytes of a complete run, rows of any table."""

import argparse
import base64
import json

import pytest
from small_project import COUNTED, SmallProject, edit_rows

from mesenluth.errors import TableError
from mesenluth.program import Step
from mesenluth.provenance.content import canonical
from mesenluth.provenance.mend import mend
from mesenluth.tables.io import atomic_write

TABLE, FIGURE, PAGE = "results/endpoints/counted.parquet", "results/figures/a.svg", "results/report/results.md"


@pytest.fixture
def complete(small) -> SmallProject:
    """A project whose run ended, with its manifest."""
    atomic_write(small.root / "results/provenance/manifest.json", canonical(small.manifest(small.run())))
    return small


def recorded(root, output, ended):
    """Write what Snakemake records of an output."""
    folder = root / ".snakemake/metadata"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / base64.urlsafe_b64encode(output.encode()).decode()).write_text(json.dumps({"endtime": ended}))


def test_a_run_that_is_as_it_was_recorded_is_left_alone(complete):
    assert mend(complete.root, "results") == []
    assert (complete.root / TABLE).is_file()


def test_a_byte_of_a_figure_a_page_and_a_row_of_a_table_are_found(complete):
    for name in (FIGURE, PAGE):
        path = complete.root / name
        path.write_bytes(path.read_bytes()[:-2] + b"x\n")
    edit_rows(complete.root / TABLE)
    assert mend(complete.root, "results") == [TABLE, FIGURE, PAGE]
    assert not any((complete.root / name).exists() for name in (TABLE, FIGURE, PAGE))


def test_what_a_job_has_made_since_is_no_damage(complete):
    written = (complete.root / "results/provenance/manifest.json").stat().st_mtime
    (complete.root / FIGURE).write_text("<svg>4</svg>\n")
    (complete.root / PAGE).write_text("Patients: 4\n")
    # The page was made with the folder that it lies in.
    recorded(complete.root, FIGURE, written + 1)
    recorded(complete.root, "results/report", written + 1)
    assert mend(complete.root, "results") == []
    recorded(complete.root, FIGURE, written - 1)
    assert mend(complete.root, "results") == [FIGURE]


@pytest.mark.parametrize("manifest", [None, "{", "{}"])
def test_tables_of_a_run_that_did_not_end_are_held_against_themselves(complete, manifest):
    place = complete.root / "results/provenance/manifest.json"
    place.unlink()
    if manifest is not None:
        place.write_text(manifest)
    path = complete.root / TABLE
    path.write_bytes(path.read_bytes()[:-20])
    (complete.root / FIGURE).write_text("<svg>4</svg>\n")
    assert mend(complete.root, "results") == [TABLE]


def test_a_job_does_not_read_a_table_whose_rows_were_changed(small):
    small.run()
    path = small.root / TABLE
    step = Step("x", argparse.Namespace(input=[path], output=small.root, settings="{}", code="", env=""))
    step.read(COUNTED)
    edit_rows(path)
    with pytest.raises(TableError, match=r"counted\.parquet: its rows do not match the hash in its footer"):
        step.read(COUNTED)
