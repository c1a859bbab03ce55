"""Signatures of releases, made and checked by OpenSSH; this program never reads a private key.

The signature is over SHA256SUMS, which names the hash of every file of the release, the manifest's among them.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from ..errors import ConfigurationError, VerificationError
from .release import SIGNATURE, SUMS

NAMESPACE = "mesenluth-release"


def _keygen(*arguments: str, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["ssh-keygen", "-Y", *arguments], input=stdin, check=False, capture_output=True)
    except FileNotFoundError:
        raise ConfigurationError("ssh-keygen: not found", "OpenSSH 8.1 or later", "install it") from None


def sign(folder: Path, key: Path) -> None:
    """Sign a release; the signature is put beside the list of hashes.

    Parameters
    ----------
    folder : path
        The release.
    key : path
        A private key, or a public one whose private key an agent holds.

    Raises
    ------
    ConfigurationError
        If OpenSSH cannot sign with this key.
    """
    done = _keygen("sign", "-f", str(key), "-n", NAMESPACE, stdin=(folder / SUMS).read_bytes())
    if done.returncode:
        raise ConfigurationError(f"{key}: {done.stderr.decode(errors='replace').strip()}", "an SSH key that can sign")
    mode = folder.stat().st_mode
    folder.chmod(0o750)
    try:
        (folder / SIGNATURE).unlink(missing_ok=True)
        (folder / SIGNATURE).write_bytes(done.stdout)
        os.chmod(folder / SIGNATURE, 0o440)  # noqa: PTH101
    finally:
        folder.chmod(mode)


def check(folder: Path, allowed: Path) -> str:
    """Return who signed a release.

    Parameters
    ----------
    allowed : path
        Allowed signers, in the format of ssh-keygen(1).

    Raises
    ------
    VerificationError
        If there is no signature, or none by an allowed signer over this list of hashes.
    """
    if not allowed.is_file():
        raise ConfigurationError(f"{allowed}: no such file", "allowed signers, as ssh-keygen(1) describes")
    if not (folder / SIGNATURE).is_file():
        raise VerificationError(f"{folder.name}: is not signed", do="`mesenluth sign`")
    found = _keygen("find-principals", "-s", str(folder / SIGNATURE), "-f", str(allowed))
    names = found.stdout.decode(errors="replace").split("\n")[0].strip()
    if found.returncode or not re.search(r"\S", names):
        raise VerificationError(f"{folder.name}: signed by nobody who is allowed to")
    done = _keygen(
        "verify", "-f", str(allowed), "-I", names, "-n", NAMESPACE, "-s", str(folder / SIGNATURE),
        stdin=(folder / SUMS).read_bytes(),
    )  # fmt: skip
    if done.returncode:
        raise VerificationError(f"{folder.name}: the signature does not belong to these files")
    return names
