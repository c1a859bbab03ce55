"""A real PostgreSQL server for tests: of Debian's packages, on loopback, under a user that is not root, thrown away."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
timezone = 'Europe/Paris'
datestyle = 'SQL, DMY'
shared_buffers = 64MB
fsync = off
synchronous_commit = off
full_page_writes = off
"""
"""Nothing is forced to the disk. Zone and date style are none of those that the reader asks for."""


def programs() -> Path | None:
    """Return the folder of the newest server's programs; Debian keeps them off the PATH."""
    found = [p.parent for p in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    found += [Path(p).parent for p in [shutil.which("initdb")] if p]
    return max(found, key=lambda p: [int(n) for n in p.parent.name.split(".") if n.isdigit()], default=None)


class Server:
    """One server: `url` settings for libpq as `environment`, ended by `stop`."""

    def __init__(self) -> None:
        self.programs = programs()
        assert self.programs is not None
        self.folder = Path(tempfile.mkdtemp(prefix="mesenluth-pg-"))
        # PostgreSQL refuses to run as root; Debian's package brings a user for it.
        self.user = pwd.getpwnam("postgres") if os.getuid() == 0 else None
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        secret = self.folder / "password"
        secret.write_text("owner's secret")
        if self.user:
            os.chown(secret, self.user.pw_uid, self.user.pw_gid)
        self._as_server(
            "initdb", f"--pgdata={self.folder / 'data'}", "--username=owner", "--encoding=UTF8", "--locale=C.UTF-8",
            "--auth=scram-sha-256", f"--pwfile={secret}", "--no-sync", "--no-instructions",
        )  # fmt: skip
        with open(self.folder / "data" / "postgresql.conf", "a") as settings:
            settings.write(SETTINGS + f"port = {self.port}\n")
        with open(self.folder / "log", "w") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.folder / "data"],
                cwd="/", stdout=log, stderr=log, stdin=subprocess.DEVNULL, **self._identity(),
            )  # fmt: skip
        self._wait()

    def _identity(self) -> dict:
        if not self.user:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def _as_server(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self.programs / program, *arguments],
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            **self._identity(),
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def _wait(self) -> None:
        ready = [self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        for _ in range(600):
            if subprocess.run(ready, check=False).returncode == 0:
                return
            assert self.process.poll() is None, (self.folder / "log").read_text()
            time.sleep(0.1)
        raise AssertionError("the server does not answer: " + (self.folder / "log").read_text())

    def environment(self, user: str = "owner", password: str = "owner's secret", database: str = "postgres") -> dict:
        """Return libpq's variables for one role."""
        return {
            "PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": user, "PGPASSWORD": password, "PGDATABASE": database,
        }  # fmt: skip

    def stop(self) -> None:
        """End the server and remove its data."""
        self.process.send_signal(signal.SIGINT)  # a fast shutdown: clients are not waited for
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)
