"""docs/architecture.md, proved: an endpoint, a source, a rule and a figure are added as that page says."""

import copy
import sys
from types import ModuleType

import pandas as pd
import pytest
import yaml

from mesenluth.endpoints.estimate import estimate
from mesenluth.figures import make, names, style
from mesenluth.quality.catalogue import load as load_rules
from mesenluth.quality.engine import validate
from mesenluth.registry.cut import with_record_ids
from mesenluth.registry.extract import extract
from mesenluth.registry.relation import Relations
from mesenluth.registry.source import MODULES, PROVENANCE, read
from mesenluth.response.classify import classify
from mesenluth.simulate.drawn_registry import generate
from mesenluth.study import load
from mesenluth.study import validate as check
from mesenluth.tables.io import STRING
from mesenluth.tables.model import Column, Table
from mesenluth.tables.registry import REGISTRY
from places import ROOT


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A drawn study of 120 patients: the study file, the folder it lies in, its delivery and its extracted tables."""
    folder = tmp_path_factory.mktemp("small")
    study = load(ROOT, ROOT / "studies/intracranial.yaml")
    study["source"] |= {"patients": 120, "path": str(folder / "small.sqlite")}
    study["statistics"]["bootstrap_resamples"] = 100
    generate(study, folder / "small.sqlite")
    delivery = read(study, ROOT)
    return study, delivery, extracted(study, delivery)


def extracted(study, delivery):
    nothing = pd.DataFrame({c: [] for c in PROVENANCE}, dtype=object)
    texts = {n: with_record_ids(n, delivery.tables.get(n, nothing)) for n in REGISTRY}
    return extract(texts, delivery.readings, study["cut"]["date"])


def test_an_endpoint_is_an_entry_of_the_study_file(small):
    study, _, extraction = small
    study = copy.deepcopy(study)
    study["endpoints"].append(
        {"id": "complete_response", "kind": "response", "categories": ["CR"], "compartments": ["intracranial"],
         "label": {"en": "Complete response", "fr": "Réponse complète"}}
    )  # fmt: skip
    check(study, ROOT / "schemas/study.schema.yaml", ROOT)
    accepted = validate(extraction.tables, extraction.unreadable, study).accepted
    results = classify(accepted, study)
    rows = estimate({**accepted, **results}, study)["estimates"]
    row = rows[
        (rows["endpoint"] == "complete_response") & (rows["definition"] == "study") & (rows["method"] == "clopper-pearson")
        & (rows["population"] == "included") & rows["subgroup"].isna()
    ].iloc[0]  # fmt: skip
    best = results["best_responses"]
    included = results["cohort"].loc[results["cohort"]["included"], "patient_id"]
    mine = best[(best["compartment"] == "intracranial") & best["patient_id"].isin(included)]
    assert row["denominator"] == len(included)
    assert row["numerator"] == (mine["best_response"] == "CR").sum() > 0


class Lists:
    """A source that holds its rows in memory: all that a new kind of source has to say."""

    shown, typed_dates = "lists", False

    def __init__(self, relations):
        self.relations, self.files, self.notes = relations, {}, []

    def columns(self):
        return {name: list(rows) for name, rows in self.relations.items()}

    def identifying(self, relation):
        return {}

    def place(self, relation):
        return None

    def batches(self, request):
        yield pd.DataFrame({c: self.relations[request.relation][c] for c in request.columns}, dtype=STRING)

    def close(self):
        pass


def test_a_source_is_a_module_and_a_name(small, tmp_path, monkeypatch):
    module = ModuleType("mesenluth.registry.lists")
    module.opened = lambda source, root, mapping=None: Lists({"people": {"id": ["a", "b"], "place": ["C1", "C2"]}})
    monkeypatch.setitem(sys.modules, "mesenluth.registry.lists", module)
    monkeypatch.setitem(MODULES, "lists", "lists")
    mapping = {
        "registry": "lists",
        "missing": [""],
        "tables": {
            "patients": {
                "from": "people",
                "key": "id",
                "columns": {"patient_id": {"source": "id", "pseudonym": "patient"}, "centre": "place"},
            }
        },
    }
    (tmp_path / "lists.yaml").write_text(yaml.safe_dump(mapping))
    study = copy.deepcopy(small[0])
    study["source"] |= {"kind": "lists", "mapping": str(tmp_path / "lists.yaml")}
    opened: Relations = module.opened(study["source"], tmp_path)
    assert opened.columns() == {"people": ["id", "place"]}
    found = extracted(study, read(study, tmp_path)).tables["patients"]
    assert found["patient_id"].tolist() == ["a", "b"]
    assert found["centre"].tolist() == ["C1", "C2"]


def test_a_rule_is_an_entry_of_a_file(small, tmp_path):
    study, _, extraction = small
    rule = {
        "id": "lesions.in_the_adrenal", "table": "lesions", "severity": "info", "columns": ["site"],
        "message": "a lesion of the adrenal", "message_fr": "une lésion de la surrénale", "why": "adenomas are common there",
        "source": "RECIST 1.1, 3.1", "condition": {"column": "site", "equals": "adrenal"},
    }  # fmt: skip
    catalogue = load_rules(further=[rule], name="my_rules.yaml")
    findings = validate(extraction.tables, extraction.unreadable, study, catalogue).findings
    mine = findings[findings["rule"] == "lesions.in_the_adrenal"]
    assert len(mine) == (extraction.tables["lesions"]["site"] == "adrenal").sum() > 0
    assert set(mine["disposition"]) == {"flagged"}


def test_a_figure_is_a_module_with_five_functions_and_a_contract(small, tmp_path, monkeypatch):
    study, _, extraction = small
    table = Table(
        "figure_sites", "one site", "Lesions by site.",
        (Column("site", "string", "site", required=True), Column("lesions", "int", "lesions", required=True)), key=("site",),
    )  # fmt: skip

    def data(tables, study):
        counts = tables["lesions"]["site"].value_counts().rename_axis("site").reset_index(name="lesions")
        return counts.sort_values("site", ignore_index=True)

    @style.in_style
    def draw(frame, study):
        from matplotlib.figure import Figure

        figure = Figure(figsize=(3, 2))
        figure.subplots().barh(frame["site"], frame["lesions"])
        return figure

    module = ModuleType("sites")
    module.data, module.draw = data, draw
    module.title = lambda study: "Lesions by site"
    module.alt = lambda frame, study: "; ".join(f"{r.site} {r.lesions}" for r in frame.itertuples())
    module.caption = lambda frame, study: "Lesions by site."
    monkeypatch.setitem(names.INPUTS, "sites", ["lesions"])
    monkeypatch.setitem(make.MODULES, "sites", module)
    monkeypatch.setattr(make, "contract", {"sites": table}.__getitem__)
    frame, contract = make.draw(
        "sites", {n: extraction.tables[n] for n in names.inputs("sites")}, study, tmp_path, ["svg"]
    )
    assert contract is table
    assert frame["lesions"].sum() == len(extraction.tables["lesions"])
    svg = (tmp_path / "sites.svg").read_text()
    assert "brain" in svg
    assert 'role="img"' in svg
