"""What Slurm is asked, with its clients stood in for; the workflow's tests ask real ones."""

import pytest

from mesenluth.slurm import status_arguments
from mesenluth.workflow import profile

CONFIG = "Configuration data as of 2024-01-01\nAccountingStorageHost   = localhost\nAccountingStorageType   = {}\n"


@pytest.fixture
def config(tmp_path, monkeypatch):
    def says(text: str, status: int = 0) -> None:
        program = tmp_path / "scontrol"
        program.write_text(f"#!/bin/sh\ncat <<'END'\n{text}END\nexit {status}\n")
        program.chmod(0o755)

    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return says


@pytest.mark.parametrize("kind", ["accounting_storage/none", "(null)"])
def test_without_accounts_squeue_is_asked(config, kind):
    config(CONFIG.format(kind))
    assert status_arguments([]) == ["--slurm-status-command", "squeue"]
    assert status_arguments(["--slurm-status-command", "sacct"]) == []
    assert status_arguments(["--slurm-status-command=sacct"]) == []


def test_with_accounts_or_without_an_answer_nothing_is_said(config):
    config(CONFIG.format("accounting_storage/slurmdbd"))
    assert status_arguments([]) == []
    config(CONFIG.format("accounting_storage/none"), 1)
    assert status_arguments([]) == []


def test_only_a_profile_of_slurm_asks(config, root, tmp_path):
    config(CONFIG.format("accounting_storage/none"))
    assert profile(root, "slurm")[1:] == [str(root / "profiles/slurm"), "--slurm-status-command", "squeue"]
    assert profile(root, "default")[1:] == [str(root / "profiles/default")]
    own = tmp_path / "own"
    own.mkdir()
    (own / "profile.yaml").write_text("cores: 1\nexecutor: slurm # ours\n")
    assert profile(root, str(own))[1:] == [str(own), "--slurm-status-command", "squeue"]
    assert profile(root, None) == []
