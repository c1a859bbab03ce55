"""Suites made from the contracts, the project that keeps them, and the page that shows them without a network."""

import json
import os
import re
import shutil
import socket
import subprocess
import threading
from html.parser import HTMLParser

import pytest
from test_quality_rules import CATALOGUE, broken_cells, change, frames, judge, with_rows

from mesenluth.quality import gate
from mesenluth.quality.data_docs import page
from mesenluth.quality.expectations import Expectation, Suite, examine
from mesenluth.quality.gx_project import UUID, project
from mesenluth.quality.masks import masked
from mesenluth.quality.suites import contract_expectations, failed_by_centre, rule_suites, table_suites
from mesenluth.tables.io import empty
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import FINDINGS

LIMITS = {
    "study": {"title": {"en": "A study"}, "notice": {"en": "Synthetic data."}},
    "cut": {"date": "2023-06-30"},
    "quality": {"gate": "block", "max_quarantined_percent": {"default": 10}, "min_rows": {"patients": 1}},
}
EDITS = [
    change("patients", "A", sex="<script>alert(1)</script>"), change("patients", "B", ki67_percent=150.0),
    change("scans", "A-s4", scan_date="2021-01-01"), change("administrations", "B-c2", activity_gbq=5.0),
]  # fmt: skip


def kept(result, folder):
    """Judge a validated registry in a project in `folder`; return the gate, the summary and the page."""
    counts = result.counts.assign(after_cut=0, read=lambda d: d["accepted"] + d["quarantined"])
    rules = result.rule_counts

    def others():
        yield from table_suites(lambda t: result.accepted[t.name], LIMITS["quality"]["min_rows"])
        yield from rule_suites(failed_by_centre(result.findings, rules), rules)

    with project(folder, "2023-06-30.2", "2023-06-30") as ask:
        verdict, summary = gate.judge(gate.conditions(counts, rules, LIMITS), counts, rules, others(), ask)
    return verdict, summary, page(LIMITS, "2023-06-30.2", verdict, summary, counts, rules, result.findings)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project") / "gx"
    return (folder, *kept(judge(*EDITS), folder))


def results(summary, name):
    (suite,) = [s for s in summary["suites"] if s["name"] == name]
    return {e["id"]: e for e in suite["expectations"]}


# ---- suites ----------------------------------------------------------------------------------------------------


def test_a_contract_says_types_required_and_allowed_values_limits_and_keys():
    asked = {e.id: e for e in contract_expectations(REGISTRY["measurements"], {"measurements": 5})}
    assert asked["measurements.rows"].arguments == {"min_value": 5}
    assert asked["measurements.columns"].arguments["column_set"] == REGISTRY["measurements"].column_names
    assert asked["measurements.longest_diameter_um.type"].arguments["type_"] == "int64"
    assert asked["measurements.longest_diameter_um.maximum"].arguments["max_value"] == 400_000
    assert "above 400000 um" in asked["measurements.longest_diameter_um.maximum"].message
    assert asked["measurements.status.allowed"].arguments["value_set"][0] == "measured"
    assert asked["measurements.scan_id.required"].severity == "critical"
    assert asked["measurements.density_hu.given"].severity == "info"
    assert "measurements.key.unique" in asked


def test_what_is_accepted_keeps_its_contract_and_whatever_breaks_it_is_seen():
    def failing(tables):
        found = examine(table_suites(lambda t: tables[t.name], {}))
        return {r.expectation.id for r in found if not r.success and not r.empty and r.expectation.of == "contract"}

    assert failing(judge().accepted) == set()
    rules = [r for r in CATALOGUE.contract if r.kind in ("required", "allowed", "range", "unique")]
    registry, _ = with_rows(rules, broken_cells)
    limits = {f"{r.id.removesuffix('.range')}.{w}" for r in rules if r.kind == "range" for w in ("minimum", "maximum")}
    known = {e.id for t in REGISTRY.values() for e in contract_expectations(t, {})}
    types = {f"{t.name}.{c.name}.type" for t in REGISTRY.values() for c in t.columns}
    expected = {r.id for r in rules if r.kind != "range"} | (limits & known)
    assert failing(frames(registry)) - types == expected


def test_an_empty_table_and_a_column_without_a_value_fail():
    accepted = judge(change("markers", "A-m", specimen=None)).accepted
    accepted["uptake"] = accepted["uptake"].iloc[:0]
    found = {r.expectation.id: r for r in examine(table_suites(lambda t: accepted[t.name], {"uptake": 1}))}
    assert not found["uptake.rows"].success and found["uptake.rows"].expectation.severity == "critical"
    asked = [r for r in found.values() if r.suite == "uptake" and "column" in r.expectation.arguments]
    assert not any(r.success for r in asked if not r.expectation.id.endswith(".type"))
    assert not found["markers.specimen.allowed"].success and found["markers.specimen.allowed"].empty
    assert "holds no value" in found["markers.specimen.allowed"].error


def test_rules_are_counted_by_centre_and_what_looked_at_nothing_fails():
    result = judge(*EDITS)
    rules = result.rule_counts.copy()
    rules.loc[rules["rule"] == "uptake.tracer_changed", "checked"] = 0
    rules.loc[rules["rule"] == "scans.gap", "description"] = "switched off by the study file"
    counts = failed_by_centre(result.findings, rules)
    assert counts.loc["C1", "scans.after_death"] == 1 and counts.loc["C2", "scans.after_death"] == 0
    found = {r.expectation.id: r for r in examine(rule_suites(counts, rules))}
    failed = {name for name, r in found.items() if not r.success}
    assert failed == {*result.findings["rule"], "uptake.tracer_changed"}
    assert found["scans.after_death"].observed == "1" and found["scans.after_death"].expectation.severity == "critical"
    assert found["patients.sex.allowed"].expectation.severity == "warning"
    assert found["uptake.tracer_changed"].empty
    assert "scans.gap" not in found
    assert (failed_by_centre(empty(FINDINGS), rules).fillna(0) == 0).all(axis=None)


# ---- the gate --------------------------------------------------------------------------------------------------


def test_the_gate_refuses_a_broken_contract_and_an_error_but_no_gap():
    result = judge()
    counts = result.counts.assign(after_cut=0, read=lambda d: d["accepted"] + d["quarantined"])

    def decide(suite):
        verdict, _ = gate.judge(
            gate.conditions(counts, result.rule_counts, LIMITS), counts, result.rule_counts, [suite]
        )
        return verdict.set_index("condition").loc["tables.expectations"]

    scans = REGISTRY["scans"]
    asked = tuple(contract_expectations(scans, {}))
    assert decide(Suite("scans", result.accepted["scans"], "record_id", asked, typed=True))["passed"]
    assert decide(Suite("scans", result.accepted["scans"].iloc[:0], "record_id", asked, typed=True))["passed"]
    broken = decide(Suite("scans", result.accepted["scans"].assign(modality="x"), "record_id", asked, typed=True))
    assert not broken["passed"] and "scans.modality.allowed" in broken["message"]
    unknown = (
        Expectation("odd", "ExpectColumnMinToBeBetween", {"column": "nowhere", "min_value": 1}, severity="info"),
    )
    error = decide(Suite("scans", result.accepted["scans"], "record_id", unknown, typed=True))
    assert not error["passed"] and "could not be judged" in error["message"]


# ---- the project -----------------------------------------------------------------------------------------------


def test_a_user_of_great_expectations_opens_the_project_and_runs_it(made, tmp_path):
    import great_expectations as gx

    folder, _, summary, _ = made
    copy = shutil.copytree(folder, tmp_path / "gx")
    context = gx.get_context(mode="file", context_root_dir=str(copy))
    names = {s["name"] for s in summary["suites"]}
    assert {s.name for s in context.suites.all()} == names == {c.name for c in context.checkpoints.all()}
    suite = context.suites.get("patients")
    kinds = {e.meta["rule_id"]: type(e).__name__ for e in suite.expectations}
    assert kinds["patients.sex.allowed"] == "ExpectColumnDistinctValuesToBeInSet"
    accepted = judge(*EDITS).accepted["patients"]
    run = context.checkpoints.get("patients").run(batch_parameters={"dataframe": accepted})
    (again,) = run.run_results.values()
    ours = results(summary, "patients")
    assert {r.expectation_config.meta["rule_id"]: r.success for r in again.results} == {
        k: e["success"] or bool(e["empty"]) and e["id"].endswith((".allowed", ".type")) for k, e in ours.items()
    }


def test_validation_results_are_kept_for_the_cut(made):
    folder, _, summary, _ = made
    for suite in summary["suites"]:
        (path,) = (folder / "uncommitted/validations" / suite["name"]).rglob("*.json")
        assert path.relative_to(folder).parts[3:5] == ("2023-06-30.2", "20230630T000000.000000Z")
        stored = json.loads(path.read_text())
        assert stored["success"] == suite["success"]
        assert [r["success"] for r in stored["results"]] == [e["success"] for e in suite["expectations"]]
        assert stored["statistics"]["unsuccessful_expectations"] == sum(not e["success"] for e in suite["expectations"])


def test_equal_runs_give_equal_files_without_times_places_or_values(made, tmp_path):
    folder, _, _, html = made
    _, _, again = kept(judge(*EDITS), tmp_path / "gx")
    files = {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert files == {
        p.relative_to(tmp_path / "gx"): p.read_bytes() for p in (tmp_path / "gx").rglob("*") if p.is_file()
    }
    assert html == again
    text = b"\n".join(files.values()).decode()
    assert UUID.search(text) and "<script" not in text and "alert" not in text
    assert str(folder.parent) not in text and "site-packages" not in text
    assert set(re.findall(r"20\d\d-\d\d-\d\d", text)) <= {"2023-06-30", "2020-01-01"}


def test_an_error_on_the_way_leaves_the_project_that_was_there(made, tmp_path):
    copy = shutil.copytree(made[0], tmp_path / "gx")
    with pytest.raises(ZeroDivisionError), project(copy, "x", "2023-06-30"):
        raise ZeroDivisionError
    assert (copy / "great_expectations.yml").is_file()


# ---- the page --------------------------------------------------------------------------------------------------


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self.ids, self.tags = [], set(), set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            if name in ("src", "href", "action", "poster", "data"):
                self.found.append(value)
            if name == "id":
                self.ids.add(value)


def test_the_page_loads_nothing_and_its_links_lead_somewhere(made):
    html = made[3]
    links = Links()
    links.feed(html)
    assert all(link.startswith("#") or link == "data:," for link in links.found)
    assert {link[1:] for link in links.found if link.startswith("#")} <= links.ids
    assert not links.tags & {"script", "img", "iframe", "object", "embed", "form"}
    assert "default-src 'none'" in html and "url(" not in html and "@import" not in html and "://" not in html


def test_the_page_says_what_is_wrong_by_centre_without_names(made):
    _, verdict, _, html = made
    assert "A study" in html and "Synthetic data." in html and "2023-06-30.2" in html
    assert "alert(1)" not in html and "sex=&lt;•••" in html
    assert "scan_date=2021-01-••" in html and "date_of_death=2020-12-••" in html
    assert "activity_gbq=5" in html
    assert not re.search(r"\b[AB]-(s|c|mm|liver|node|bone)\d", html)
    refused = verdict.loc[~verdict["passed"], "message"]
    assert len(refused) and all(message.replace(">", "&gt;") in html for message in refused)
    assert "It does not meet " in html


@pytest.mark.parametrize(
    ("observed", "table", "shown"),
    [
        ("lesion's=A, scan's=B, patient_id=A, lesion_id=A-mm", "measurements",
         "lesion's=•••, scan's=•••, patient_id=•••, lesion_id=•••"),
        ("sex=Marie Dupont, née Martin", "patients", "sex=M•••"),
        ("sex=F, grade=G1, ki67_percent=3.5", "patients", "sex=F, grade=G1, ki67_percent=3.5"),
        ("scan_date=31.02.2018", "scans", "scan_date=3•••"),
        ("scan_date=2018-03-04, contrast=(missing)", "scans", "scan_date=2018-03-••, contrast=(missing)"),
        ("site=(missing), organ=bone, nodal=fal…", "lesions", "site=(missing), organ=b•••, nodal=f•••"),
    ],
)  # fmt: skip
def test_masks(observed, table, shown):
    assert masked(observed, REGISTRY[table]) == shown


@pytest.fixture
def tripwire():
    """A proxy that counts who calls: (port, calls)."""
    listener, calls = socket.create_server(("127.0.0.1", 0)), []

    def listen():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            calls.append(connection.recv(2000).split(b"\r\n")[0].decode(errors="replace"))
            connection.close()

    threading.Thread(target=listen, daemon=True).start()
    yield listener.getsockname()[1], calls
    listener.close()


@pytest.mark.skipif(not shutil.which("chromium"), reason="needs chromium")
def test_no_request_leaves_a_browser_that_opens_the_page(made, tmp_path, tripwire):
    port, calls = tripwire

    def opened(html):
        (tmp_path / "page.html").write_text(html)
        said = subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
             "--disable-component-update", "--disable-sync", "--no-first-run", f"--user-data-dir={tmp_path}/profile",
             f"--proxy-server=127.0.0.1:{port}", "--virtual-time-budget=2000", "--dump-dom", f"file://{tmp_path}/page.html"],
            capture_output=True, text=True, timeout=120, check=True, env={**os.environ, "HOME": str(tmp_path)},
        )  # fmt: skip
        return said.stdout

    assert "Failing rules by centre" in opened(made[3])
    # The browser itself asks for the time and for updates.
    assert [call for call in calls if not re.search(r"[ /.]google(apis)?\.com[:/]", call)] == []
    opened("<img src='http://beacon.invalid/x.png'>")
    assert any("beacon.invalid" in call for call in calls), "the proxy would not have seen it"
