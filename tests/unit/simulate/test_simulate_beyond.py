"""What is added for measures beyond RECIST: it is there, it is plausible, and nothing else moves for it."""

import csv
import sqlite3
from collections import defaultdict
from pathlib import Path

import pytest

from mesenluth.simulate import beyond
from mesenluth.simulate.registry import generate
from mesenluth.study import load

ROOT = Path(__file__).resolve().parents[3]
ROWS = (
    "SELECT id_mesure, id_lesion, bilan, date_examen, modalite, statut, grand_axe, petit_axe, densite_uh, m.id_saisie"
)
JOIN = "FROM mesure m JOIN examen e ON m.id_examen = e.id_examen ORDER BY date_examen"


def number(text):
    return float(text.replace(",", "."))


@pytest.fixture(scope="module")
def registries(tmp_path_factory):
    """The default registry, and the same without what is added."""
    folder, study = tmp_path_factory.mktemp("beyond"), load(ROOT)
    paths = [folder / "with.sqlite", folder / "without.sqlite"]
    generate(study, paths[0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(beyond, "add", lambda rng, planter: None)
        generate(study, paths[1])
    connections = [sqlite3.connect(p) for p in paths]
    yield [*connections, *paths]
    for c in connections:
        c.close()


def test_no_defect_and_no_other_record_moves(registries):
    full, bare, with_, without = registries
    manifests = [p.with_name(p.stem + ".defects.csv").read_bytes() for p in (with_, without)]
    assert manifests[0] == manifests[1]
    for (table,) in bare.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        columns = [c[1] for c in bare.execute(f"PRAGMA table_info({table})") if c[1] != "densite_uh"]
        query = f"SELECT {', '.join(columns)} FROM {table}"
        before, after = (set(c.execute(query).fetchall()) for c in (bare, full))
        assert before <= after, table
        if table not in ("examen", "mesure"):
            assert before == after, table
    assert bare.execute("SELECT count(*) FROM mesure WHERE densite_uh IS NOT NULL").fetchone() == (0,)


def test_earlier_assessments_precede_the_baseline_and_lesions_grew_since(registries):
    full = registries[0]
    lesions = defaultdict(list)
    for _, lesion, label, day, _, status, longest, short, _, _ in full.execute(f"{ROWS} {JOIN}"):
        lesions[lesion].append((label, day, status, longest, short))
    changes = []
    for rows in lesions.values():
        if not any(r[0] == "ANT" for r in rows):
            continue
        # No patient with a planted defect has one, so every text is a size.
        assert [r[0] for r in rows].index("ANT") == 0, rows
        first, then = rows[0], next(r for r in rows if r[0] == "B00")
        assert first[2] == then[2] == "M"
        assert number(first[4]) <= number(first[3])
        ratio = number(first[3]) / number(then[3])
        assert 0.69 < ratio < 1.1
        assert first[3] != then[3]
        changes.append(ratio)
    assert len(changes) > 100
    assert 0.85 < sum(changes) / len(changes) < 0.97


def test_densities_are_of_measured_targets_on_ct(registries):
    full, _, with_, _ = registries
    with open(with_.with_name("with.defects.csv"), newline="") as stream:
        spoilt = {(d["source_table"], d["source_key"]) for d in csv.DictReader(stream)}
    roles = dict(full.execute("SELECT id_lesion, type_lesion FROM lesion"))
    spoilt |= {("lesion", name) for name, key in full.execute("SELECT id_lesion, id_saisie FROM lesion")
               if ("lesion", str(key)) in spoilt}  # fmt: skip
    found, copies = [], defaultdict(set)
    for name, lesion, _, _, modality, status, _, _, density, key in full.execute(f"{ROWS} {JOIN}"):
        if density is not None:
            # SCANNER is CT too, spelt as no code is: a planted defect.
            assert modality in ("TDM", "SCANNER")
            found.append(number(density))
            copies[name].add(density)
            if ("mesure", str(key)) not in spoilt:
                assert status == "M"
                assert roles[lesion] == "C" or ("lesion", lesion) in spoilt
    assert len(found) > 1000
    assert 30 < min(found) < max(found) < 200
    # An exact copy of a reading has its density, or it would contradict it.
    assert all(len(values) == 1 for name, values in copies.items() if name)
