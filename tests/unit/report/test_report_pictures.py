"""Pictures and gallery of the docs, from the figures of a run."""

import pytest
from PIL import Image

from mesenluth.errors import SourceError
from mesenluth.report import pictures
from places import ROOT


def test_the_gallery_holds_every_picture_of_the_docs_and_no_other():
    written = (ROOT / "docs/gallery.md").read_text(encoding="utf-8")
    there = {p.stem for p in (ROOT / "docs/images").glob("*.png")} - set(pictures.OTHERS)
    assert {
        line.split("(images/")[1].removesuffix(".png)") for line in written.splitlines() if "(images/" in line
    } == there


def test_a_picture_is_small_and_keeps_its_shape(tmp_path):
    Image.new("RGB", (4400, 2200), "white").save(tmp_path / "figure.png")
    pictures.shrink(tmp_path / "figure.png", tmp_path / "picture.png")
    with Image.open(tmp_path / "picture.png") as found:
        assert found.size == (1100, 550)


def test_without_a_run_the_first_figure_that_is_missing_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "load", lambda root: {"output": "results"})
    monkeypatch.setattr(pictures, "drawn", lambda root, study: {"flow": None})
    with pytest.raises(SourceError, match=r"results/figures/flow\.png: no such figure"):
        pictures.main(str(tmp_path), tmp_path)
