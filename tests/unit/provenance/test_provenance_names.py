"""What a manifest calls things."""

from mesenluth.provenance.manifest_names import pins

LOCK = """\
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:00
numpy==2.5.5 ; python_full_version >= '3.12' \\
    --hash=sha256:01
Pandas==2.3.3 \\
    --hash=sha256:02
uvloop==0.21 ; sys_platform != 'win32' \\
    --hash=sha256:03
"""


def test_a_library_that_is_pinned_twice_names_both_versions(tmp_path):
    lock = tmp_path / "study.lock"
    lock.write_text(LOCK)
    both = "2.4.6 (python_full_version < '3.12'), 2.5.5 (python_full_version >= '3.12')"
    assert pins(lock) == {"numpy": both, "pandas": "2.3.3", "uvloop": "0.21"}
    lock.write_text(LOCK.replace("2.4.6", "2.4.7"))
    assert pins(lock)["numpy"] == both.replace("2.4.6", "2.4.7")
