"""The synthetic registry as a file: the same bytes again, what it holds, and the list of its defects."""

import csv
import re
import sqlite3
from collections import Counter
from pathlib import Path

import pytest
import yaml

from mesenluth.registry.mapping import check_source, load
from mesenluth.registry.sqlite import relations
from mesenluth.simulate import defects_other
from mesenluth.simulate.planter import COLUMNS
from mesenluth.simulate.registry import generate
from mesenluth.simulate.source import SCHEMA
from mesenluth.study import load as load_study
from mesenluth.tables.registry import REGISTRY

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The default registry: what was returned, a connection, and the manifest."""
    path = tmp_path_factory.mktemp("registry") / "registry.sqlite"
    about = generate(load_study(ROOT), path)
    connection = sqlite3.connect(path)
    with open(path.with_name("registry.defects.csv"), newline="") as stream:
        manifest = list(csv.DictReader(stream))
    yield about, connection, manifest
    connection.close()


def _column(connection, table, column):
    return [row[0] for row in connection.execute(f'SELECT "{column}" FROM "{table}"')]


def _small(study, seed):
    study["source"].update(patients=220, seed=seed)
    return study


def test_the_same_study_gives_the_same_bytes(study, tmp_path):
    names = ("a", "b", "c")
    for name, seed in zip(names, (5, 5, 6), strict=True):
        generate(_small(study, seed), tmp_path / f"{name}.sqlite")
    first, again, other = (
        [(tmp_path / f"{n}{end}").read_bytes() for end in (".sqlite", ".defects.csv")] for n in names
    )
    assert first == again
    assert first[0] != other[0] and first[1] != other[1]


def test_nothing_else_is_left_beside_the_registry(study, tmp_path):
    generate(_small(study, 5), tmp_path / "new" / "registry.sqlite")
    left = sorted(p.name for p in (tmp_path / "new").iterdir())
    assert left == ["registry.defects.csv", "registry.sqlite"]


def test_a_registry_that_cannot_be_drawn_leaves_no_file(study, tmp_path):
    study["statistics"]["km_interval"] = "wald"
    with pytest.raises(Exception, match="km_interval"):
        generate(study, tmp_path / "registry.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_the_registry_says_that_it_is_synthetic(made, study):
    _, connection, _ = made
    about = dict(connection.execute("SELECT cle, valeur FROM registre_info"))
    assert "synthétique" in about["nature"]
    assert about["graine"] == str(study["source"]["seed"])
    assert about["version_generateur"]


def test_it_holds_as_many_patients_and_centres_as_asked_for(made, study):
    about, connection, _ = made
    dossiers = {d for d in _column(connection, "patient", "num_dossier") if d}
    # Two records have lost their number.
    assert study["source"]["patients"] - 2 == len(dossiers)
    centres = Counter(c for c in _column(connection, "patient", "code_centre") if c)
    assert sorted(centres) == [f"C{i:02d}" for i in range(1, study["source"]["centres"] + 1)]
    assert max(centres.values()) > 3 * min(centres.values())
    assert len(about["included"]) == 52
    assert 12_000 <= about["rows"]["mesure"] <= 20_000


def test_boundaries_of_the_criteria_are_met(made):
    about, _, _ = made
    assert set(about["edges"]) == {"pr_exact", "pr_below", "pd_exact", "pd_below", "pd_small"}


def test_identity_is_there_to_be_left_behind(made):
    _, connection, _ = made
    assert all(re.fullmatch(r"DOS-\d{7}", d) for d in _column(connection, "suivi", "num_dossier") if d)
    births = _column(connection, "patient", "date_naissance")
    assert sum(bool(re.fullmatch(r"19\d\d-\d\d-\d\d", b or "")) for b in births) > 1300
    notes = [n for t in ("patient", "administration") for n in _column(connection, t, "commentaire") if n]
    reports = [n for n in _column(connection, "examen", "compte_rendu") if n]
    for texts in (notes, reports):
        assert any(re.search(r"06 39 98 \d\d \d\d", n) for n in texts)
        assert any(re.search(r"\b[A-Z]\.[A-Z]\.", n) for n in texts)


def test_names_of_records_hold_no_hospital_number(made):
    _, connection, _ = made
    numbers = {d.removeprefix("DOS-") for d in _column(connection, "patient", "num_dossier") if d}
    for table, (name, _, columns) in SCHEMA.items():
        for column, field in columns.items():
            if field.column.endswith("_id") and field.column != "patient_id":
                found = {v[i : i + 7] for v in _column(connection, name, column) if v for i in range(len(v))}
                assert not found & numbers, f"{table}.{column}"


def test_the_mapping_fits_the_registry_and_leaves_free_text_behind(made):
    _, connection, _ = made
    mapping = load(ROOT / "studies" / "mappings" / "synthetic.yaml")
    available = relations(connection)
    check_source(mapping, available, "registry")
    tables = {t.name: t for t in mapping.tables}
    assert set(tables) == set(REGISTRY)
    assert not {"commentaire", "compte_rendu"} & {c for t in mapping.tables for c in t.wanted(t.source)}
    birth = tables["patients"].columns["birth_year"]
    assert ([s.column for s in birth.sources], birth.keep) == (["date_naissance"], "year")
    named = [t.columns["patient_id"] for t in mapping.tables]
    assert {(c.sources[0].column, c.pseudonym) for c in named} == {("num_dossier", "patient")}


def test_every_code_of_the_registry_is_in_the_mapping_unless_planted(made):
    _, connection, manifest = made
    planted = {(d["source_table"], d["column"], d["planted"]) for d in manifest}
    for table in load(ROOT / "studies" / "mappings" / "synthetic.yaml").tables:
        for column in table.columns.values():
            if column.reading.codes is None or not column.sources:
                continue
            source = column.sources[0].column
            found = set(_column(connection, table.source, source)) - {None, *column.reading.missing}
            strange = {v for v in found - set(column.reading.codes) if (table.source, source, v) not in planted}
            assert not strange, f"{table.name}.{source}"


def test_dates_of_french_columns_and_lengths_are_spelt_the_french_way(made):
    _, connection, _ = made
    days = [d for d in _column(connection, "administration", "date_cure") if d]
    assert sum(bool(re.fullmatch(r"\d\d/\d\d/\d{4}", d)) for d in days) > 0.99 * len(days)
    sizes = [s for s in _column(connection, "mesure", "grand_axe") if s and s not in ("NA", "ND")]
    assert sum(bool(re.fullmatch(r"\d+,\d", s)) for s in sizes) > 0.99 * len(sizes)


def test_records_go_on_after_the_cut(made, study):
    _, connection, _ = made
    cut = study["cut"]["date"]
    late = [
        d for d in _column(connection, "examen", "date_examen") if re.fullmatch(r"\d{4}-\d\d-\d\d", d or "") and d > cut
    ]
    assert len(late) > 20
    dead = connection.execute("SELECT date_nouvelles FROM suivi WHERE etat_vital = 'D'").fetchall()
    assert any(f"{d[6:]}-{d[3:5]}-{d[:2]}" > cut for (d,) in dead if d)


def test_the_manifest_names_rows_that_are_there(made):
    _, connection, manifest = made
    assert list(manifest[0]) == list(COLUMNS)
    keys = {name: {str(k) for k in _column(connection, name, key)} for name, key, _ in SCHEMA.values()}
    for d in manifest:
        assert d["source_key"] in keys[d["source_table"]], d
        assert SCHEMA[d["table"]][0] == d["source_table"]
        assert d["rule"].startswith(d["table"] + ".")
        assert d["severity"] in ("error", "warning", "info")
    assert len({(d["rule"], d["source_key"]) for d in manifest}) == len(manifest)


def test_what_the_manifest_says_was_written_stands_there(made):
    _, connection, manifest = made
    keys = {name: key for name, key, _ in SCHEMA.values()}
    edits = [d for d in manifest if d["original"] and d["planted"] and "diagnosis" not in d["note"]]
    edits = [d for d in edits if not d["rule"].endswith("key.unique")]
    assert len(edits) > 200
    for d in edits:
        table, column = d["source_table"], d["column"]
        (text,) = connection.execute(
            f"SELECT {column} FROM {table} WHERE {keys[table]} = ?", (int(d["source_key"]),)
        ).fetchone()
        assert text == d["planted"], d
        # A reading that is carried forward may have been the same by chance on one axis.
        assert text != d["original"] or d["rule"] == "measurements.copy_forward", d


def test_every_rule_of_the_catalogue_is_planted_several_times(made):
    about, _, _ = made
    catalogue = yaml.safe_load((ROOT / "src" / "mesenluth" / "quality" / "rules.yaml").read_text(encoding="utf-8"))
    planted = about["defects"]
    few = {r["id"] for r in catalogue["rules"] if planted.get(r["id"], 0) < 3}
    # Those of the other list are held to as many where that list is scored.
    assert few == set(defects_other.RULES)


def test_every_kind_of_contract_defect_is_planted_in_every_table(made):
    about, _, _ = made
    for name, table in REGISTRY.items():
        planted = {r.removeprefix(f"{name}.") for r in about["defects"] if r.startswith(f"{name}.")}
        assert "key.unique" in planted
        assert {f"{c}.reference" for c in table.references} <= planted
        kinds = {p.rsplit(".", 1)[1] for p in planted if "." in p}
        assert {"readable", "required"} <= kinds or name == "uptake"
        if any(c.minimum is not None and c.type != "int" for c in table.columns):
            assert "range" in kinds
    assert {"patients.grade.allowed", "uptake.tracer.allowed", "responses.response.allowed"} <= set(about["defects"])


def test_defects_are_few_among_many_rows(made):
    about, _, manifest = made
    rows = sum(about["rows"].values())
    assert 0.005 < len(manifest) / rows < 0.03
