"""Every figure at every size: nothing overlaps, nothing is cut, the files say what they are."""

import functools
import re
import struct
import xml.etree.ElementTree as ElementTree
import zlib

import matplotlib
import numpy as np
import pytest
from test_figures_samples import SIZES, study, tables

from mesenluth.errors import ConfigurationError
from mesenluth.figures import make, names, style
from mesenluth.tables.io import conform, read_table, write_table

FIGURES = names.figure_names(study())
SVG = "{http://www.w3.org/2000/svg}"
NOTICE = {"en": "Synthetic data, built to match", "fr": "Données synthétiques, construites pour"}


@functools.cache
def sample(n, lang="en"):
    """The tables of `n` patients, made once: drawing changes none of them."""
    return tables(n, study(lang))


def boxes(figure):
    """Return words and extents, in inches, of every text of a figure."""
    with style.styled():
        figure.draw_without_rendering()
        texts = [t for t in figure.findobj(matplotlib.text.Text) if t.get_visible() and t.get_text().strip()]
        ticks = [
            label
            for ax in figure.axes
            if ax.axison
            for axis, low, high in ((ax.xaxis, *ax.get_xlim()), (ax.yaxis, *ax.get_ylim()))
            for label, at in zip(axis.get_ticklabels(), axis.get_ticklocs(), strict=True)
            if min(low, high) <= at <= max(low, high)
        ]
        every = {id(t): t for ax in figure.axes for t in ax.texts if t in texts} | {id(t): t for t in ticks}
        every |= {id(ax.yaxis.label): ax.yaxis.label for ax in figure.axes if ax.axison and ax.get_ylabel()}
        found = [(t.get_text(), t.get_window_extent().extents / figure.dpi) for t in every.values() if t.get_text()]
    return [w for w, _ in found], np.array([e for _, e in found]).reshape(-1, 4)


def overlapping(words, extents, slack=0.004):
    """Return pairs of texts that cover each other by more than `slack` inches in both directions."""
    left, low, right, high = (extents[:, i] for i in range(4))
    wide = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
    tall = np.minimum(high[:, None], high) - np.maximum(low[:, None], low)
    # Lines of one paragraph touch: descenders of one lie in the leading of the next.
    first, second = np.nonzero(np.triu((wide > slack) & (tall > 0.03), k=1))
    return [(words[i], words[j]) for i, j in zip(first, second, strict=True)]


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("name", FIGURES)
def test_nothing_overlaps_and_nothing_is_cut(name, n, lang):
    settings = study(lang)
    figure = make.picture(name, make.data(name, sample(n, lang), settings), settings)
    words, extents = boxes(figure)
    assert len(words) > 3
    assert overlapping(words, extents) == []
    width, height = figure.get_size_inches()
    assert round(width * 25.4, 1) == style.DOUBLE_MM
    assert height * 25.4 < 240  # a page of a journal
    assert extents[:, 0].min() >= 0
    assert extents[:, 1].min() >= 0
    assert extents[:, 2].max() <= width
    assert extents[:, 3].max() <= height
    assert any(w.startswith(NOTICE[lang]) for w in words)


def test_the_check_sees_an_overlap():
    page = style.Page(20, "title")
    page.text(10, 5, "one text")
    page.text(12, 5, "another")
    assert overlapping(*boxes(page.figure)) == [("one text", "another")]


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_no_text_is_smaller_than_journals_allow(lang):
    settings = study(lang)
    for name in FIGURES:
        figure = make.picture(name, make.data(name, sample(52, lang), settings), settings)
        texts = [t for t in figure.findobj(matplotlib.text.Text) if t.get_text().strip() and t.get_visible()]
        assert min(t.get_fontsize() for t in texts) >= 6


def test_public_data_and_registry_data_are_told_apart():
    settings = study()
    settings["study"]["data"] = "public"
    for name in FIGURES:
        frame = make.data(name, sample(8), settings)
        assert "Public test data" in boxes(make.picture(name, frame, settings))[0]
        assert make.caption(name, frame, settings).endswith("Public test data.")
    settings["study"]["data"] = "registry"
    for name in FIGURES:
        words = " ".join(boxes(make.picture(name, make.data(name, sample(8), settings), settings))[0])
        assert "data, built" not in words
        assert "test data" not in words


def test_files_and_tables_of_every_figure(tmp_path):
    """All files are there, the tables keep their contracts, and no patient stands in a picture."""
    given = tables(8)
    made = make.draw_all(given, study(), tmp_path / "figures")
    for path in (tmp_path / "figures").glob("*.svg"):
        content = path.read_text(encoding="utf-8")
        assert not [i for i in given["cohort"]["patient_id"] if i in content]
    assert list(made) == FIGURES
    written = sorted(p.name for p in (tmp_path / "figures").iterdir())
    assert written == sorted(f"{name}.{f}" for name in FIGURES for f in ("svg", "pdf", "png"))
    for name, (frame, table) in made.items():
        conform(frame, table)
        write_table(frame, tmp_path / f"{name}.parquet", table)
        assert len(read_table(tmp_path / f"{name}.parquet", table)) == len(frame)


def test_svg_says_what_it_shows_to_screen_readers(tmp_path):
    frame, _ = make.draw("flow", tables(52), study(), tmp_path, ["svg"])
    content = (tmp_path / "flow.svg").read_bytes()
    root = ElementTree.fromstring(content)
    assert root.get("role") == "img"
    assert root.get("lang") == "en"
    assert root.get("aria-labelledby") == "title desc"
    assert root.find(f"{SVG}title").text.startswith("Flow of patients – Response of the mesenteric mass")
    description = root.find(f"{SVG}desc").text
    assert description.startswith(re.sub(r"\s+", " ", make.alt("flow", frame, study())))
    assert "Synthetic data" in description
    # Outlines, not text that needs a font; nothing is fetched from elsewhere.
    assert root.find(f".//{SVG}text") is None
    assert b"font-family" not in content
    assert not re.search(rb'(href|src)="(?!#)', content)


def test_pdf_and_png_say_what_they_show(tmp_path):
    make.draw("flow", tables(52), study("fr"), tmp_path, ["pdf", "png"])
    pdf = (tmp_path / "flow.pdf").read_bytes()
    assert b"/Title" in pdf
    assert b"/Subject" in pdf
    for word in (b"/CreationDate", b"/Producer", b"/Creator", b"Matplotlib"):
        assert word not in pdf
    assert b"/FontFile2" in pdf  # the font is embedded, as TrueType
    png = (tmp_path / "flow.png").read_bytes()
    chunks, at = [], 8
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        body = png[at + 4 : at + 8 + size]
        assert zlib.crc32(body) == struct.unpack(">I", png[at + 8 + size : at + 12 + size])[0]
        chunks.append(body)
        at += 12 + size
    texts = [c for c in chunks if c[:4] in (b"tEXt", b"iTXt", b"zTXt")]
    assert any(c[4:].startswith(b"Title") for c in texts)
    assert any(c[4:].startswith(b"Description") for c in texts)
    assert not any(b"Software" in c or b"date" in c[:20].lower() for c in texts)


def test_titles_with_markup_stay_text(tmp_path):
    settings = study()
    settings["study"]["title"] = {"en": "A < B & \u0007 <svg > $x_1$"}
    settings["population"]["label"] = {"en": "5 < 6 & $\\frac$ ]]> patients"}
    make.draw("flow", tables(8), settings, tmp_path)
    root = ElementTree.fromstring((tmp_path / "flow.svg").read_bytes())
    assert root.find(f"{SVG}title").text == "Flow of patients – A < B & <svg > $x_1$"
    assert "5 < 6 & $\\frac$ ]]> patients" in root.find(f"{SVG}desc").text


@pytest.mark.parametrize("bad", ["jpg", "SVG"])
def test_unknown_format_is_refused_before_anything_is_written(tmp_path, bad):
    with pytest.raises(ConfigurationError, match=rf"figures\.formats: '{bad}'"):
        make.draw("flow", tables(1), study(), tmp_path, ["svg", bad])
    assert not list(tmp_path.iterdir())


def test_a_compartment_that_the_study_does_not_have_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="no compartment 'bone'"):
        make.draw("waterfall_bone", tables(1), study(), tmp_path)


def test_the_settings_of_the_reader_are_left_alone(tmp_path):
    before = dict(matplotlib.rcParams)
    make.draw("kaplan_meier", tables(8), study(), tmp_path, ["svg"])
    assert dict(matplotlib.rcParams) == before


def test_long_words_are_wrapped_to_their_column():
    lines = style.wrap("a Donaudampfschifffahrtsgesellschaftskapitän b", 20)
    assert "".join(lines).replace(" ", "") == "aDonaudampfschifffahrtsgesellschaftskapitänb"
    assert max(style.width_mm(line) for line in lines) <= 20
    assert style.wrap("", 20) == [""]
