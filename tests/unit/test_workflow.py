"""How Snakemake is called."""

import signal
import sys

from mesenluth.workflow import call_snakemake

HEARD = "import pathlib, signal; pathlib.Path('heard').write_text(str(signal.getsignal(signal.SIGINT) is signal.default_int_handler))"


def test_snakemake_hears_an_interruption_though_the_run_is_in_the_background_of_a_script(tmp_path):
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert call_snakemake([sys.executable, "-c", HEARD], tmp_path, None, None, ()) == 0
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
    assert (tmp_path / "heard").read_text() == "True"


def test_secrets_are_not_handed_on(tmp_path, monkeypatch):
    monkeypatch.setenv("PLANTED", "secret")
    call = [sys.executable, "-c", "import os, sys; sys.exit(3 if 'PLANTED' in os.environ else 0)"]
    assert call_snakemake(call, tmp_path, None, None, {"PLANTED"}) == 0
    assert call_snakemake(call, tmp_path, None, None, ()) == 3
