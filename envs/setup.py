"""Set up .venv from a pinned, hash-checked lock, unless it is set up already. Standard library only.

python3 envs/setup.py study     what running studies needs (envs/study.lock)
python3 envs/setup.py test      that, and what the tests and linters need (envs/test.lock)
"""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
STAMP = VENV / "mesenluth.json"
OLDEST = (3, 11)


def digest(*names: str) -> str:
    sink = hashlib.sha256()
    for name in names:
        sink.update((ROOT / name).read_bytes())
    return sink.hexdigest()


def wanted(lock: str) -> dict[str, str]:
    """What an environment must have been made from to be taken as it is."""
    return {"place": str(ROOT), "lock": digest(f"envs/{lock}.lock"), "project": digest("pyproject.toml")}


def installed() -> dict[str, dict[str, str]]:
    try:
        return json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def call(*arguments: str) -> None:
    done = subprocess.run([*arguments], cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(f"setup: failed: {' '.join(arguments)}\n  what to do: read the message above, then run it again")


def main() -> None:
    if len(sys.argv) != 2 or sys.argv[1] not in ("study", "test"):
        sys.exit(__doc__)
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        sys.exit(
            f"setup: this is Python {found}\n  expected: Python {OLDEST[0]}.{OLDEST[1]} or later"
            "\n  what to do: make PYTHON=python3.12 study"
        )
    lock, made = sys.argv[1], installed()
    # The test environment holds everything the study needs, at the same versions.
    if any(made.get(name) == wanted(name) for name in {lock, "test"}):
        return
    python = str(VENV / "bin" / "python")
    if not made or any(m["place"] != str(ROOT) for m in made.values()):
        print("setup: making .venv", flush=True)
        call(sys.executable, "-m", "venv", "--clear", str(VENV))
    STAMP.unlink(missing_ok=True)
    print(f"setup: installing envs/{lock}.lock (once; about a minute)", flush=True)
    pip = (python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    call(*pip, "--require-hashes", "--requirement", f"envs/{lock}.lock")
    call(*pip, "--no-deps", "--no-build-isolation", "--no-index", "--editable", ".")
    STAMP.write_text(json.dumps({lock: wanted(lock)}), encoding="utf-8")


if __name__ == "__main__":
    main()
