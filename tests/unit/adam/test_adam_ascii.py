"""Text with accents in transport files: changed by rule, every change named, and nothing else changed."""

import unicodedata

import pandas as pd
import pyreadstat
import pytest
from adam_samples import DATASETS, sample
from hypothesis import given
from hypothesis import strategies as st

from mesenluth.adam.ascii import in_ascii, to_ascii
from mesenluth.adam.build import build
from mesenluth.adam.conformance import check
from mesenluth.adam.files import encoded, for_xpt
from mesenluth.adam.model import Dataset, Variable
from mesenluth.errors import TableError
from mesenluth.tables.io import STRING, to_arrow
from mesenluth.tables.results import XPT_TEXT_CHANGES

FRENCH_CENTRE = "Hôpital Édouard-Herriot"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("métastase hépatique", "metastase hepatique"),
        (unicodedata.normalize("NFD", "métastase"), "metastase"),
        ("Réponse de l'œdème à 177Lu", "Reponse de l'oedeme a 177Lu"),
        ("ÇÀÉÈÊËÎÏÔÙÛÜŸ çàéèêëîïôùûüÿ", "CAEEEEIIOUUUY caeeeeiiouuuy"),
        ("« à 2 cm » – l’axe…", '" a 2 cm " - l\'axe...'),
        ("≥ 20 µm, ≤ 5 %, ± 1", ">= 20 um, <= 5 %, +/- 1"),
        ("Łódź, Straße, København, α-fœtoprotéine", "Lodz, Strasse, Kobenhavn, alpha-foetoproteine"),
        ("病院", "??"),
        ("plain text", "plain text"),
    ],
)
def test_letters_lose_their_marks_and_signs_are_spelled_out(text, written):
    assert to_ascii(text) == written


@given(st.text())
def test_every_text_comes_out_in_ascii_and_ascii_as_it_was(text):
    written = to_ascii(text)
    assert written.isascii()
    assert to_ascii(written) == written
    if text.isascii():
        assert written == text


@pytest.fixture(scope="module")
def french():
    """The default study with a French centre and French labels of its compartments."""
    made = sample("mesenluth")
    tables = dict(made.tables)
    centres = sorted(tables["cohort"].loc[tables["cohort"]["included"], "centre"].unique())
    names = {centres[0]: FRENCH_CENTRE, centres[1]: "病院"}
    for name in ("patients", "cohort"):
        frame = tables[name]
        tables[name] = frame.assign(centre=frame["centre"].replace(names).astype(STRING))
    study = {**made.study, "exports": {"adam": ["parquet", "json", "xpt"], "xpt_text": "transliterate"}}
    study["compartments"] = [{**c, "label": {**c["label"], "en": c["label"]["fr"]}} for c in study["compartments"]]
    return build(tables, study), study


def test_french_text_does_not_stop_the_exports_and_every_change_is_named(french, tmp_path):
    frames, study = french
    check(frames, DATASETS)
    plain, changes = for_xpt(frames, study)
    assert to_arrow(changes, XPT_TEXT_CHANGES).num_rows == len(changes) > 0
    sites = changes[(changes["dataset"] == "ADSL") & (changes["variable"] == "SITEID")].set_index("value")
    assert sites.loc[FRENCH_CENTRE, ["written", "lost"]].tolist() == ["Hopital Edouard-Herriot", False]
    assert sites.loc["病院", ["written", "lost"]].tolist() == ["??", True]
    assert sites.loc[FRENCH_CENTRE, "records"] == (frames["adsl"]["SITEID"] == FRENCH_CENTRE).sum()
    assert changes["written"].map(str.isascii).all()
    assert not changes["value"].map(str.isascii).any()
    assert changes.loc[changes["variable"] == "PARAM", "value"].str.contains("Masse mésentérique").any()
    for name, content in encoded(frames, study, plain):
        (tmp_path / name).write_bytes(content)
    for name, dataset in DATASETS.items():
        found, about = pyreadstat.read_xport(str(tmp_path / f"{name}.xpt"))
        mine = changes[changes["dataset"] == dataset.name]
        for v in (v for v in dataset.variables if v.type == "text"):
            back = mine[mine["variable"] == v.name].set_index("written")["value"].to_dict()
            wanted = frames[name][v.name].astype(object).where(frames[name][v.name].notna(), "").tolist()
            assert [back.get(x, x) for x in found[v.name]] == wanted, v.name
        assert about.column_names == dataset.names


def test_other_formats_hold_the_text_as_it_is(french):
    frames, study = french
    content = dict(encoded(frames, study, for_xpt(frames, study)[0]))["adsl.json"].decode()
    assert FRENCH_CENTRE in content


def test_a_study_may_refuse_it(french):
    frames, study = french
    study = {**study, "exports": {**study["exports"], "xpt_text": "refuse"}}
    plain, changes = for_xpt(frames, study)
    assert len(changes) == 0
    with pytest.raises(TableError, match="is not written as XPT\n  expected: ASCII"):
        dict(encoded(frames, study, plain))


SMALL = Dataset(
    "TEST", "Test", "one record", "BASIC DATA STRUCTURE",
    (Variable("ID", "Identifier", "text", "", required=True), Variable("NOTE", "Note", "text", "")), key=("ID",),
)  # fmt: skip


def small(ids, notes):
    return {"test": pd.DataFrame({"ID": pd.array(ids, dtype=STRING), "NOTE": pd.array(notes, dtype=STRING)})}


def test_values_that_tell_records_apart_are_not_made_one():
    with pytest.raises(TableError, match=r"TEST.ID: 'Evry' and 'Évry' are the same text in ASCII"):
        in_ascii(small(["Evry", "Évry"], ["a", "b"]), {"test": SMALL})
    written, changes = in_ascii(small(["A", "B"], ["Evry", "Évry"]), {"test": SMALL})
    assert written["test"]["NOTE"].tolist() == ["Evry", "Evry"]
    assert changes["value"].tolist() == ["Évry"]


def test_missing_texts_stay_missing_and_inputs_as_they_were():
    frames = small(["A", "B"], ["é", None])
    written, _ = in_ascii(frames, {"test": SMALL})
    assert written["test"]["NOTE"].isna().tolist() == [False, True]
    assert frames["test"]["NOTE"].iloc[0] == "é"
