"""Whatever is changed in a release is found and named; a copy of it anywhere is intact."""

import json
import random
import shutil
import subprocess
import sys

import pytest
from small_project import edit_rows

from mesenluth.errors import VerificationError
from mesenluth.provenance.content import canonical, sha256
from mesenluth.provenance.crate import CRATE
from mesenluth.provenance.manifest_names import sections
from mesenluth.provenance.prov import PROV
from mesenluth.provenance.release import STUDY, SUMS, sums
from mesenluth.provenance.signature import check, sign
from mesenluth.provenance.verify import verify


@pytest.fixture
def copy(released, tmp_path):
    """A copy of a release on another path, that can be written to."""
    to = tmp_path / "another machine" / "audit"
    shutil.copytree(released, to)
    for path in [to, *to.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    return to


def names(faults) -> set[str]:
    return {f.what for f in faults}


def edit(path, change) -> None:
    plain = json.loads(path.read_text())
    change(plain)
    path.write_bytes(canonical(plain))


def seal(folder) -> None:
    """Do what a forger would: list the hashes anew."""
    (folder / SUMS).write_text(sums(folder))


def test_an_untouched_copy_is_intact(copy):
    assert verify(copy) == []


@pytest.mark.parametrize("seed", range(50))
def test_a_changed_byte_is_found_and_named(copy, seed):
    draw = random.Random(seed)
    files = sorted(p for p in copy.rglob("*") if p.is_file() and p.stat().st_size)
    # Every file first, then files by chance.
    path = files[seed] if seed < len(files) else draw.choice(files)
    content = bytearray(path.read_bytes())
    at = draw.randrange(len(content))
    content[at] ^= 1 << draw.randrange(8)
    path.write_bytes(bytes(content))
    found = names(verify(copy))
    name = path.relative_to(copy).as_posix()
    # A changed digit in the list of hashes looks like a change of the file it stands for.
    assert found if name == SUMS else any(what.startswith(name) for what in found), found


def edited_rows(folder):
    path = folder / "results/endpoints/counted.parquet"
    edit_rows(path)
    record = {"sha256": sha256(path), "bytes": path.stat().st_size}
    edit(folder / "manifest.json", lambda m: m["artifacts"]["results/endpoints/counted.parquet"].update(record))


def swapped(folder):
    one, two = folder / "results/report/results.md", folder / "results/figures/a.svg"
    texts = one.read_bytes(), two.read_bytes()
    one.write_bytes(texts[1])
    two.write_bytes(texts[0])


def parameter(folder):
    def change(manifest):
        manifest["settings"]["statistics"]["level"] = 0.9
        manifest["parameters"][manifest["jobs"]["count"]["parameters"]]["statistics"]["level"] = 0.9

    edit(folder / "manifest.json", change)
    edit(folder / STUDY, lambda s: s["statistics"].update(level=0.9))


def code(folder):
    path = folder / "project/src/mesenluth/counts.py"
    path.write_text(path.read_text().replace("+ 0", "+ 1"))
    digest = sha256(path)
    edit(folder / "manifest.json", lambda m: m["code"].update({"src/mesenluth/counts.py": digest}))


def lock(folder):
    path = folder / "project/envs/study.lock"
    path.write_text(path.read_text().replace("2.3.3", "2.3.4"))
    digest = sha256(path)
    edit(folder / "manifest.json", lambda m: m["code"].update({"envs/study.lock": digest}))


def cut(folder):
    edit(folder / "project/cuts/small/2023-06-30/cut.json", lambda c: c["tables"]["all"].update(patients="0" * 64))


def unlinked(folder):
    edit(folder / "manifest.json", lambda m: m["jobs"]["page"].update(inputs=["results/endpoints/other.parquet"]))


def forged_run(folder):
    edit(folder / "manifest.json", lambda m: m["study"].update(data="registry"))


TAMPERINGS = {
    "rows edited, hash in the manifest too": (edited_rows, "results/endpoints/counted.parquet"),
    "two artifacts swapped": (swapped, "results/report/results.md"),
    "a parameter edited in study and manifest": (parameter, "manifest.json, parameters of count"),
    "code edited, hash in the manifest too": (code, "manifest.json, job count"),
    "lock edited, hash in the manifest too": (lock, "manifest.json, job count"),
    "the cut's record edited": (cut, "project/cuts/small/2023-06-30/cut.json"),
    "an input named that there is not": (unlinked, "manifest.json, job page"),
    "the study's kind of data edited": (forged_run, "run.json"),
    "a figure replaced": (
        lambda f: (f / "results/figures/a.svg").write_text("<svg>9</svg>\n"),
        "results/figures/a.svg",
    ),
    "an artifact removed": (lambda f: (f / "results/figures/a.svg").unlink(), "results/figures/a.svg"),
    "an artifact added": (lambda f: (f / "results/figures/b.svg").write_text("<svg/>"), "results/figures/b.svg"),
    "code added": (lambda f: (f / "project/src/mesenluth/more.py").write_text(""), "project/src/mesenluth/more.py"),
    "a digit of the crate edited": (
        lambda f: edit(f / CRATE, lambda c: c["@graph"][0].update(about={"@id": "./other"})),
        CRATE,
    ),
    "another job said to have made a file": (
        lambda f: edit(
            f / PROV, lambda d: d["wasGeneratedBy"]["_:wasGeneratedBy1"].update({"prov:activity": "job:page"})
        ),
        PROV,
    ),
    "the crate removed": (lambda f: (f / CRATE).unlink(), CRATE),
    "run.json removed": (lambda f: (f / "run.json").unlink(), "run.json"),
    "the manifest emptied": (lambda f: (f / "manifest.json").write_text("{}\n"), "manifest.json"),
}


@pytest.mark.parametrize("sealed", [False, True], ids=["", "with hashes listed anew"])
@pytest.mark.parametrize("what", TAMPERINGS)
def test_a_planned_tampering_is_found_and_named(copy, what, sealed):
    tamper, name = TAMPERINGS[what]
    tamper(copy)
    if sealed:
        seal(copy)
    found = verify(copy)
    assert name in names(found), found


def test_a_step_may_be_told_parts_of_sections_beside_its_own():
    settings = {"study": {"id": "s"}, "cut": {"date": "2023-06-30"}, "quality": {"gate": "block", "rows": 1}}
    assert sections({"study": {"id": "s"}}, settings) == {"study": {"id": "s"}}
    assert sections({"study": {"quality": {"rows": 1}}, "cut": "2023-06-30.2"}, settings) == {"quality": {"rows": 1}}
    assert sections({"files": [], "earlier": None}, settings) == {}
    assert sections(None, settings) == {}


def test_a_link_in_place_of_a_file_is_found(copy, tmp_path):
    path = copy / "results/figures/a.svg"
    shutil.copy(path, tmp_path / "a.svg")
    path.unlink()
    path.symlink_to(tmp_path / "a.svg")
    assert "results/figures/a.svg" in names(verify(copy))


def test_the_list_of_hashes_itself_is_missed(copy):
    (copy / SUMS).unlink()
    assert SUMS in names(verify(copy))


def test_a_release_missing_or_changed_in_the_chain_is_found(small, tmp_path):
    first, _ = small.release()
    small.deliver({"P1": "C01"})
    second, _ = small.release()
    to = tmp_path / "releases"
    shutil.copytree(first.parent, to)
    assert verify(to / second.name) == []
    path = to / first.name / "manifest.json"
    path.chmod(0o644)
    edit(path, lambda m: m["study"].update(data="registry"))
    assert "2023-06-30/manifest.json" in names(verify(to / second.name))
    (to / first.name).chmod(0o755)
    path.unlink()
    assert "2023-06-30" in names(verify(to / second.name))
    assert verify(to / second.name, chain=False) == []


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="no OpenSSH here")
def test_a_signature_belongs_to_one_key_and_one_content(copy, tmp_path):
    for name in ("auditor", "stranger"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(tmp_path / name)], check=True
        )
    allowed = tmp_path / "allowed"
    allowed.write_text(f"auditor@example.org {(tmp_path / 'auditor.pub').read_text()}")
    with pytest.raises(VerificationError, match="is not signed"):
        check(copy, allowed)
    sign(copy, tmp_path / "auditor")
    assert check(copy, allowed) == "auditor@example.org"
    assert verify(copy) == []
    sign(copy, tmp_path / "stranger")
    with pytest.raises(VerificationError, match="nobody who is allowed"):
        check(copy, allowed)
    sign(copy, tmp_path / "auditor")
    (copy / "results/figures/a.svg").write_text("<svg>9</svg>\n")
    seal(copy)
    with pytest.raises(VerificationError, match="does not belong to these files"):
        check(copy, allowed)


def test_verification_needs_no_snakemake():
    said = subprocess.run(
        [sys.executable, "-c", "import mesenluth.provenance.verify, sys; print('snakemake' in sys.modules)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.strip() == "False"
