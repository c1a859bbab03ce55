"""A real Slurm of one node on loopback, of Debian's packages; without systemd, control groups or accounting.

python tests/slurm/slurm_up.py up       install what is missing, start, say which slurm.conf to use
python tests/slurm/slurm_up.py down     cancel what runs, end the daemons, leave nothing

Needs root, for munge, slurmctld and slurmd. A machine that has a Slurm of its own is left alone.
"""

import fcntl
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

# srun inside a job looks here alone: Snakemake's job step drops SLURM_CONF.
SYSTEM = Path("/etc/slurm/slurm.conf")
PACKAGES = {"munged": "munge", "slurmctld": "slurmctld", "slurmd": "slurmd", "sbatch": "slurm-client"}
DAEMONS = ("slurmd", "slurmctld", "munged")
FOLDER = Path("/run/mesenluth-slurm")
PARTITION = "tests"
STARTED: dict[int, subprocess.Popen] = {}
"""Daemons of this process; those of another are known by their ids alone."""

SETTINGS = """\
# Of the tests of mesenluth, in {folder}
ClusterName=mesenluth
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
{listen}
SlurmctldPort={controller}
SlurmdPort={node}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
MailProg=/bin/true
# Processes of a job are found in /proc, and so is what they use: a job over its memory is killed.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1
AccountingStorageType=accounting_storage/none
# How a job ended is asked of squeue, so it has to know jobs that are over.
MinJobAge=86400
KillWait=3
SlurmdTimeout=0
ReturnToService=2
EnforcePartLimits=ALL
SlurmdParameters=config_overrides
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory} State=UNKNOWN
PartitionName={partition} Nodes={host} Default=YES DefaultTime=30 MaxTime=INFINITE State=UP
"""


class NotHere(Exception):
    """Slurm cannot be started on this machine; says why."""


def obstacle() -> str:
    """Return why Slurm cannot be started on this machine; empty if it can."""
    if os.getuid() != 0:
        return "Slurm's daemons need root"
    missing = _missing()
    if missing and shutil.which("apt-get") is None:
        return f"{', '.join(missing)} are not installed, and there is no apt-get"
    if SYSTEM.exists() and not _ours():
        return f"{SYSTEM} is there: this machine has a Slurm of its own"
    return ""


def _missing() -> list[str]:
    return [package for program, package in PACKAGES.items() if _program(program) is None]


def _program(name: str) -> str | None:
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"]))


def _ours() -> bool:
    return SYSTEM.is_file() and f"in {FOLDER}" in SYSTEM.read_text().splitlines()[0]


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _until(done: Callable[[], bool], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            said = [f"{log}:\n{log.read_text(errors='replace')[-2000:]}" for log in sorted(FOLDER.glob("*.log"))]
            raise AssertionError("\n".join([f"{what} after {seconds} s", *said]))
        time.sleep(0.05)


def environment() -> dict[str, str]:
    """Return this process's environment without what a Slurm around it would have set."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SLURM", "SBATCH", "SRUN", "SQUEUE", "SCANCEL"))}
    return {**kept, "SLURM_CONF": str(SYSTEM)}


def ask(*command: str) -> subprocess.CompletedProcess[str]:
    """Call a client of Slurm, for ten seconds at most."""
    try:
        return subprocess.run(
            command, env=environment(), capture_output=True, text=True, timeout=10, check=False, stdin=subprocess.DEVNULL
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 124, "", "no answer")


def jobs(form: str = "%i %T", states: str = "all") -> list[str]:
    """Return a line for each job that Slurm knows, as squeue writes it."""
    said = ask("squeue", "--noheader", f"--states={states}", f"--format={form}")
    assert said.returncode == 0, said.stderr
    return [line.strip() for line in said.stdout.splitlines()]


def _install() -> None:
    missing = _missing()
    if not missing:
        return
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    wait = ("-o", "DPkg::Lock::Timeout=300", "-qq")
    for call in (("update",), ("install", "-y", "--no-install-recommends", *missing)):
        done = subprocess.run(
            ["apt-get", *wait, *call], env=quiet, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )  # fmt: skip
        if done.returncode:
            raise NotHere(f"apt-get {call[0]} failed: {(done.stderr or done.stdout).strip()[-500:]}")


def _started(name: str, command: list[str], user: str | None = None) -> None:
    who = pwd.getpwnam(user) if user else None
    as_user = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} if who else {}
    with open(FOLDER / f"{name}.log", "ab") as log:
        process = subprocess.Popen(
            command, env=environment(), cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            **as_user,
        )  # fmt: skip
    STARTED[process.pid] = process
    pids = FOLDER / "pids.json"
    known = json.loads(pids.read_text()) if pids.exists() else {}
    pids.write_text(json.dumps({**known, name: process.pid}))


def _alive(pid: int) -> bool:
    """Whether a daemon that was started here still runs; its command line names its folder or the settings."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        command = Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z" and (str(FOLDER) in command or str(SYSTEM) in command)


def up() -> None:
    """Start Slurm, and wait until it has run a first job; NotHere if this machine cannot."""
    if why := obstacle():
        raise NotHere(why)
    down()
    _install()
    for name in ("", "state", "spool", "munge"):
        (FOLDER / name).mkdir(parents=True, exist_ok=True)
        (FOLDER / name).chmod(0o755)  # whatever the umask: munged has a user of its own
    host = socket.gethostname().split(".")[0]
    try:
        alone = socket.gethostbyname(host) == "127.0.0.1"
    except OSError:
        alone = False
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    SYSTEM.parent.mkdir(parents=True, exist_ok=True)
    SYSTEM.write_text(
        SETTINGS.format(
            folder=FOLDER, host=host, controller=_free_port(), node=_free_port(), partition=PARTITION,
            # Slurm listens on one address only if the machine's own name leads there.
            listen="CommunicationParameters=NoCtldInAddrAny,NoInAddrAny" if alone else "",
            cpus=max(2, os.cpu_count() or 2), memory=memory * 9 // 10,
        )
    )  # fmt: skip
    # slurmd looks for control groups even where nothing uses them, and ends if none are mounted.
    (SYSTEM.parent / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\n")
    keeper = pwd.getpwnam("munge")
    key = FOLDER / "munge" / "key"
    key.write_bytes(os.urandom(128))
    key.chmod(0o600)
    for path in (key, key.parent):
        os.chown(path, keeper.pw_uid, keeper.pw_gid)
    own = [f"--{name}={key.parent / name}" for name in ("socket", "pid-file", "log-file", "seed-file")]
    _started("munged", [str(_program("munged")), "--foreground", f"--key-file={key}", *own], "munge")
    _until((key.parent / "socket").exists, 20, "munged does not listen")
    for name in ("slurmctld", "slurmd"):
        _started(name, [str(_program(name)), "-D", "-f", str(SYSTEM)])
    _until(lambda: ask("sinfo", "--noheader", "--format=%t").stdout.strip() == "idle", 60, "the node is not idle")
    first = ask("srun", "--quiet", "--ntasks=1", "true")
    assert first.returncode == 0, first.stderr


def down() -> None:
    """Cancel what runs, end the daemons of the last `up`, remove what it wrote."""
    if not _ours() and not FOLDER.exists():
        return
    pids = FOLDER / "pids.json"
    known = json.loads(pids.read_text()) if pids.exists() else {}
    if all(_alive(known.get(name, 0)) for name in DAEMONS):
        running = jobs("%i", "pending,running,completing,suspended")
        if running:
            ask("scancel", *running)
            _until(lambda: not jobs("%i", "pending,running,completing,suspended"), 30, "jobs run on")
    for name in DAEMONS:
        pid = known.get(name, 0)
        for how in (signal.SIGTERM, signal.SIGKILL):
            end = time.monotonic() + 10
            while _alive(pid) and time.monotonic() < end:
                os.kill(pid, how)
                time.sleep(0.1)
        if pid in STARTED:
            STARTED.pop(pid).wait()
    if _ours():
        SYSTEM.unlink()
        (SYSTEM.parent / "cgroup.conf").unlink(missing_ok=True)
    shutil.rmtree(FOLDER, ignore_errors=True)


class Alone:
    """One cluster at a time on a machine: a second run of the tests waits for the first."""

    def __enter__(self) -> "Alone":
        self.file = open("/run/lock/mesenluth-slurm.lock", "w")  # noqa: SIM115, closed below
        fcntl.flock(self.file, fcntl.LOCK_EX)
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()


def main() -> None:
    if sys.argv[1:] not in (["up"], ["down"]):
        sys.exit(__doc__)
    with Alone():
        try:
            {"up": up, "down": down}[sys.argv[1]]()
        except NotHere as why:
            sys.exit(f"slurm_up: {why}")
    if sys.argv[1] == "up":
        print(f"partition {PARTITION} is up; settings in {SYSTEM}")


if __name__ == "__main__":
    main()
