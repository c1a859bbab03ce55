"""What is done to good input to make bad input of it: bytes changed, values replaced, archives rewritten."""

import contextlib
import io
import os
import signal
import zipfile

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from mesenluth.errors import MesenluthError

EXAMPLES = int(os.environ.get("MESENLUTH_FUZZ", "0")) or 10
"""Inputs of each kind; `make nightly` asks for more."""
SECONDS = 60
"""After which reading one small input counts as a hang."""

fuzzed = settings(
    max_examples=EXAMPLES, deadline=None, database=None, derandomize=EXAMPLES <= 10,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip

ODD = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.floats(), st.text(max_size=20), st.just([]), st.just({}),
    st.lists(st.one_of(st.none(), st.integers(), st.text(max_size=5)), max_size=3),
    st.dictionaries(st.one_of(st.text(max_size=5), st.integers()), st.text(max_size=5), max_size=2),
    st.sampled_from(["../../etc/passwd", "/dev/null", ".", "=1+1", "<script>", "x'; DROP TABLE patient; --", "\x00", "%Y", "[*]", "2023-02-30", "1e400", "--all", "\ud800"]),
)  # fmt: skip

OPERATION = st.tuples(
    st.sampled_from(["flip", "set", "insert", "delete", "repeat", "cut"]), st.floats(0, 1, exclude_max=True),
    st.integers(0, 255), st.integers(1, 40),
)  # fmt: skip
OPERATIONS = st.lists(OPERATION, min_size=1, max_size=6)


def changed(content: bytes, operations) -> bytes:
    """Bytes after the operations: bits flipped, bytes set, put in, taken out, repeated, the end cut off."""
    data = bytearray(content)
    for what, place, value, length in operations:
        if not data:
            break
        at = int(place * len(data))
        if what == "flip":
            data[at] ^= 1 << (value % 8)
        elif what == "set":
            data[at] = value
        elif what == "insert":
            data[at:at] = bytes([value]) * length
        elif what == "delete":
            del data[at : at + length]
        elif what == "repeat":
            data[at:at] = data[at : at + length]
        elif length > 30:  # cut off now and then: what follows it has nothing left to change
            del data[at:]
    return bytes(data)


def members_changed(content: bytes, name_at: float, operations) -> bytes:
    """A ZIP archive, itself whole, with the content of one member changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        chosen = names[int(name_at * len(names))]
        for name in names:
            data = old.read(name)
            new.writestr(name, changed(data, operations) if name == chosen else data)
    return out.getvalue()


def places(plain, at=()):
    """The way to each value in nested mappings and lists."""
    inner = plain.items() if isinstance(plain, dict) else enumerate(plain) if isinstance(plain, list) else ()
    for key, value in inner:
        yield (*at, key)
        yield from places(value, (*at, key))


def replaced(plain, way, value):
    """Nested mappings and lists with one value replaced; the rest is shared."""
    if not way:
        return value
    copy = dict(plain) if isinstance(plain, dict) else list(plain)
    copy[way[0]] = replaced(plain[way[0]], way[1:], value)
    return copy


def without(plain, way):
    """Nested mappings and lists with one value taken out."""
    copy = dict(plain) if isinstance(plain, dict) else list(plain)
    if len(way) == 1:
        del copy[way[0]]
    else:
        copy[way[0]] = without(plain[way[0]], way[1:])
    return copy


@contextlib.contextmanager
def tame():
    """Within: either all goes well, or the user is told what is wrong, soon."""

    def late(*_):
        raise AssertionError(f"not done after {SECONDS} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    try:
        yield
    except MesenluthError as error:
        assert error.what.strip()
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
