"""The default study, run for real: every published figure is computed, every step writes its artifacts."""

import json
import re
import socket
import sqlite3
import subprocess
import sys
import zipfile

import pyarrow.parquet as pq
import pytest
import yaml

from mesenluth.tables.io import read_footer, read_table
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import (
    COHORT,
    ELIGIBILITY,
    ESTIMATES,
    FINDINGS,
    GATE,
    PUBLISHED_COMPARISON,
    ROW_COUNTS,
)
from workflow.harness import ROOT, artifacts, call, copy_project, mesenluth, plan

PACKED = re.compile(r"base64,[A-Za-z0-9+/=]+")


def estimate(project, **where):
    frame = read_table(project / "results/endpoints/estimates.parquet", ESTIMATES)
    for column, value in where.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1, frame.to_string()
    return frame.iloc[0]


def headline(project, endpoint, compartment, statistic="proportion", method="clopper-pearson"):
    population = "symptomatic" if endpoint == "clinical_response" else "included"
    return estimate(
        project, endpoint=endpoint, compartment=compartment, statistic=statistic, method=method,
        definition="study", population=population,
    )  # fmt: skip


@pytest.fixture(scope="module")
def published():
    """Facts of the abstract, from the tests' own copy: independent of the study file."""
    return yaml.safe_load((ROOT / "tests/data/published.yaml").read_text())


def test_every_published_figure_agrees(ran):
    rows = read_table(ran[0] / "results/endpoints/published_comparison.parquet", PUBLISHED_COMPARISON)
    assert len(rows) == 9
    assert rows["agrees"].all(), rows[["item", "published", "computed"]].to_string()
    assert rows["definition"].str.len().gt(20).all()


def test_proportions_are_those_of_the_abstract(ran, published):
    second = published["secondary"]
    wanted = {
        ("objective_response", "mesenteric"): (published["primary"]["mesenteric_orr"]["responders"], 52),
        ("objective_response", "non_mesenteric"): (second["non_mesenteric_orr"]["responders"], 52),
        ("metabolic_response", "mesenteric"): (second["mesenteric_metabolic_response"]["responders"], 52),
        ("metabolic_response", "non_mesenteric"): (second["non_mesenteric_metabolic_response"]["responders"], 52),
        ("clinical_response", "mesenteric"): (second["clinical_response"]["responders"], 26),
        ("complications", "mesenteric"): (second["gastrointestinal_complications_during_prrt"]["patients"], 52),
    }
    for (endpoint, compartment), (numerator, denominator) in wanted.items():
        row = headline(ran[0], endpoint, compartment)
        assert (row["numerator"], row["denominator"]) == (numerator, denominator), endpoint


def test_progression_free_survival_is_that_of_the_abstract(ran, published):
    row = headline(ran[0], "progression_free_survival", "non_mesenteric", "median", "log-log")
    wanted = published["secondary"]["non_mesenteric_pfs_months"]
    got = [round(row[c], 1) for c in ("estimate", "ci_low", "ci_high")]
    assert got == [wanted["median"], wanted["ci_low"], wanted["ci_high"]]
    assert headline(ran[0], "progression_free_survival", "mesenteric", "median", "log-log")["text"] == "not reached"


def test_what_the_primary_endpoint_can_and_cannot_show_is_said(ran, published):
    wanted = published["consequences"]
    row = headline(ran[0], "objective_response", "mesenteric")
    assert [row["ci_low"], row["ci_high"]] == pytest.approx(wanted["mesenteric_orr_clopper_pearson_95"], abs=5e-7)
    rows = read_table(ran[0] / "results/endpoints/estimates.parquet", ESTIMATES)
    tests = rows[(rows["endpoint"] == "objective_response") & (rows["compartment"] == "mesenteric")]
    p_values = tests["p_value"].dropna()
    assert (p_values - wanted["exact_one_sided_p_below_5_percent"]).abs().min() < 5e-7
    note = read_table(
        ran[0] / "results/endpoints/published_comparison.parquet", PUBLISHED_COMPARISON
    ).set_index("item")["note"].dropna().str.cat()  # fmt: skip
    for part in ("0.515", "13.2", "52", "59"):
        assert part in note


def test_the_cohort_adds_up(ran):
    cohort = read_table(ran[0] / "results/response/all/cohort.parquet", COHORT)
    assert cohort["included"].sum() == 52
    assert (cohort["included"] == cohort["excluded_by"].isna()).all()
    eligibility = read_table(ran[0] / "results/response/all/eligibility.parquet", ELIGIBILITY)
    assert len(eligibility) == 4 * len(cohort)
    assert set(cohort["excluded_because"].dropna()) == {"not_met", "unknown"}
    met = eligibility.assign(met=eligibility["status"] == "met").groupby("patient_id")["met"].all()
    assert (met.loc[cohort["patient_id"]].to_numpy() == cohort["included"].to_numpy()).all()


def test_no_row_is_lost(ran):
    counts = read_table(ran[0] / "results/quality/row_counts.parquet", ROW_COUNTS).set_index("table")
    assert (counts["read"] == counts[["after_cut", "accepted", "quarantined"]].sum(axis=1)).all()
    assert counts["read"].gt(0).all()
    assert counts["quarantined"].sum() > 0
    assert counts["after_cut"].sum() > 0
    for name, table in REGISTRY.items():
        rows = pq.read_metadata(ran[0] / f"results/validated/all/{name}.parquet").num_rows
        assert rows == counts.loc[name, "accepted"], table.name
    findings = read_table(ran[0] / "results/quality/findings.parquet", FINDINGS)
    quarantined = findings[findings["disposition"] == "quarantined"].groupby("table")["record_id"].nunique()
    assert quarantined.reindex(counts.index, fill_value=0).to_dict() == counts["quarantined"].to_dict()


def test_the_gate_was_judged_by_great_expectations(ran):
    gate = read_table(ran[0] / "results/quality/gate.parquet", GATE)
    assert gate["passed"].all()
    suites = json.loads((ran[0] / "results/quality/expectations.json").read_text())["suites"]
    kept = {p.stem for p in (ran[0] / "results/quality/gx/expectations").glob("*.json")}
    assert kept == {s["name"] for s in suites} > set(REGISTRY)
    assert all(s["success"] for s in suites if s["name"] in REGISTRY)
    assert "It may be analysed." in (ran[0] / "results/quality/data_docs.html").read_text()


def test_every_step_wrote_parquet_that_says_what_made_it(ran):
    files = sorted((ran[0] / "results").rglob("*.parquet"))
    steps = {read_footer(f)["lineage"]["step"] for f in files}
    assert steps == {
        "extract", "validate", "across", "quality", "profile", "picture", "findings", "queries", "expectations", "gate", "classify", "endpoints", "effects", "sensitivity", "adam", "figure",
    }  # fmt: skip
    for file in files:
        footer = read_footer(file)
        assert footer["rows"] == pq.read_metadata(file).num_rows
        assert len(footer["lineage"]["code"]) == len(footer["lineage"]["env"]) == 16
        assert footer["lineage"]["inputs"]


@pytest.mark.parametrize(
    "figure",
    [
        "flow",
        "waterfall_mesenteric",
        "waterfall_non_mesenteric",
        "spider",
        "swimmer",
        "paired_changes",
        "growth_rate",
        "metabolic_change",
        "kaplan_meier",
        "kaplan_meier_subgroups",
        "cumulative_incidence",
        "forest_proportions",
        "forest_subgroups",
        "published_comparison",
        "sensitivity",
        "follow_up",
        "quality_map",
        "habits",
    ],
)
def test_every_figure_is_there_in_every_format(ran, figure):
    folder = ran[0] / "results/figures"
    assert (folder / f"{figure}.svg").read_bytes().startswith(b"<?xml")
    assert (folder / f"{figure}.pdf").read_bytes().startswith(b"%PDF")
    assert (folder / f"{figure}.png").read_bytes().startswith(b"\x89PNG")
    assert (folder / f"{figure}.parquet").is_file()


def test_everything_that_shows_results_says_that_they_are_synthetic(ran):
    for page in ("report/results.md", "endpoints/published_comparison.md"):
        assert "ynthetic" in (ran[0] / "results" / page).read_text()
    assert "ynthetic" in ran[1].stdout


def test_the_command_says_what_came_out(ran):
    assert "Median non-mesenteric PFS (months)" in ran[1].stdout
    assert ran[1].stdout.count("agrees") == 9
    assert "results/report/results.md" in ran[1].stdout


def test_no_artifact_names_a_place_a_host_or_an_identity(ran):
    """Hospital numbers, full birth dates and telephone numbers are in the registry; none may come out, nor do places."""
    base = sqlite3.connect(ran[0] / "data/registry.sqlite")
    numbers = {row[0] for row in base.execute("SELECT num_dossier FROM patient") if row[0]}
    births = {row[0] for row in base.execute("SELECT date_naissance FROM patient") if len(row[0] or "") == 10}
    notes = [r[0] for t in ("patient", "administration") for r in base.execute(f"SELECT commentaire FROM {t}") if r[0]]
    base.close()
    phones = {phone for note in notes for phone in re.findall(r"0\d(?: \d\d){4}", note)}
    births |= {re.sub(r"(\d{4})-(\d\d)-(\d\d)", r"\3/\2/\1", b) for b in births}
    assert min(len(numbers), len(births)) > 1000
    assert len(phones) > 50
    text = "\n".join(str(t) for t in everything(ran[0]))
    assert str(ran[0]) not in text
    assert not re.search(rf"\b{re.escape(socket.gethostname())}\b", text)
    logs = (ran[0] / ".snakemake" / "log").rglob("*.log")
    # Who ran it and on which host stands in one file, which holds nothing about patients either.
    circumstances = (ran[0] / "results/provenance/run.json").read_text()
    said = "\n".join([text, circumstances, ran[1].stdout, ran[1].stderr, *(log.read_text() for log in logs)])
    # Sets of words and dates: to look for thousands of texts one by one in all of it would take minutes.
    assert not numbers & set(re.findall(r"[\w-]+", said))
    assert not births & set(re.findall(r"\d{4}-\d\d-\d\d|\d\d/\d\d/\d{4}", said))
    assert not phones & set(re.findall(r"0\d(?: \d\d){4}", said))


def everything(project):
    """All text of all artifacts and stored cuts, but for the circumstances of the run."""
    files = [*(project / "results").rglob("*"), *(project / "cuts").rglob("*")]
    for file in [f for f in files if f.is_file() and f.name != "run.json"]:
        if file.suffix == ".parquet":
            table = pq.read_table(file, partitioning=None)
            yield read_footer(file)
            for column in table.columns:
                if str(column.type) == "string":
                    yield from column.unique().to_pylist()
        elif zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                yield from (archive.read(name).decode("utf-8", errors="replace") for name in archive.namelist())
        elif file.suffix not in (".png", ".pdf"):  # drawn from the same Parquet as the .svg, and compressed
            # What is packed into a page are figures and tables of the same run; any two letters stand in it by chance.
            yield PACKED.sub("", file.read_bytes().decode("utf-8", errors="replace"))


def test_a_second_run_plans_nothing(ran):
    assert plan(ran[0]) == {}
    said = mesenluth(ran[0], "run", "--", "--cores", "2")
    assert said.returncode == 0, said.stderr
    assert "registered before" in said.stdout
    assert "Nothing to be done" in said.stdout + said.stderr


def test_the_same_input_gives_the_same_bytes(ran, tmp_path):
    """A second registry, cut and run from nothing, under another hash seed, give the same bytes."""
    project = copy_project(tmp_path / "again")
    said = mesenluth(project, "run", "--", "--cores", "1", PYTHONHASHSEED="12345")
    assert said.returncode == 0, said.stdout + said.stderr
    one, two = artifacts(ran[0]), artifacts(project)
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []
    for name in ("registry.sqlite", "registry.defects.csv"):
        assert (ran[0] / "data" / name).read_bytes() == (project / "data" / name).read_bytes()


def test_plain_snakemake_works_once_a_cut_is_registered(tmp_path):
    project = copy_project(tmp_path / "plain")
    said = call(project, "snakemake", "--dry-run")
    assert said.returncode != 0
    assert "no cut of study 'mesenluth' is registered for 2023-06-30" in said.stdout + said.stderr
    assert mesenluth(project, "register").returncode == 0
    said = call(project, "snakemake", "--cores", "2", "--until", "extract")
    assert said.returncode == 0, said.stderr
    assert (project / "results/registry/all/measurements.parquet").is_file()


def test_snakemakes_own_report_files_what_came_out_and_needs_no_network(ran, tmp_path):
    page = tmp_path / "report.html"
    said = call(ran[0], "snakemake", "--report", str(page))
    assert said.returncode == 0, said.stderr
    written = page.read_text(encoding="utf-8")
    for heading in ("Results", "Data quality", "Figures of groups", "Figures of single patients"):
        assert f'"{heading}"' in written
    assert "kaplan_meier_subgroups.svg" in written
    assert not re.search(r'<(?:script|link|img)[^>]+(?:src|href)="https?:', written)


def test_lint_is_clean(ran):
    said = subprocess.run(
        [sys.executable, "-m", "snakemake", "--lint"], cwd=ran[0], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stdout + said.stderr
