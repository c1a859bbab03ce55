"""What reading measurements takes, beside the plain driver: `python benchmarks/sources.py [rows ...]`.

Writes so many measurements to a PostgreSQL server (started here, from Debian's packages, and thrown away) and to a CSV
file, and reads them each way in a process of its own:

plain     the driver alone, a batch at a time, nothing kept: psycopg's server-side cursor, pandas.read_csv in chunks
batches   the source's rows as the pipeline asks for them, nothing kept
read      the whole delivery: selected, pseudonymised, hashed, with the place of each row of a file

It decides no test.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

MAPPING = """
registry: benchmark
files: {mesure: {path: mesure.csv, separator: ";"}}
tables:
  measurements:
    from: mesure
    key: id
    columns:
      measurement_id: id
      patient_id: {source: dossier, pseudonym: patient}
      lesion_id: lesion
      scan_id: examen
      status: {source: statut, codes: {"M": measured}}
      longest_diameter_um: {source: grand_axe, decimal: ","}
      short_axis_um: {source: petit_axe, decimal: ","}
"""
ROWS = """
SELECT i AS id, 'D' || i / 60 AS dossier, 'L' || i / 12 AS lesion, 'E' || i % 1000000 AS examen, 'M' AS statut,
       replace((10 + i % 900 / 10.0)::numeric(6, 1)::text, '.', ',') AS grand_axe,
       '9,5' AS petit_axe, 'left behind' AS note
FROM generate_series(1, {rows}) AS i
"""
COLUMNS = ("id", "dossier", "lesion", "examen", "statut", "grand_axe", "petit_axe")
CHUNK = 50_000


def study(kind: str) -> dict:
    source = {
        "kind": kind,
        "path": "data",
        "mapping": "map.yaml",
        "pseudonyms": {"method": "hmac-sha256", "key_env": "KEY"},
    }
    return {"study": {"id": "benchmark", "data": "registry"}, "source": source}


def plain_postgresql(folder: Path) -> int:
    import psycopg

    rows = 0
    with psycopg.connect("") as connection, connection.cursor(name="plain") as cursor:
        cursor.execute(f"SELECT {', '.join(f'{c}::text' for c in COLUMNS)} FROM mesure")
        while batch := cursor.fetchmany(CHUNK):
            rows += len(batch)
    return rows


def plain_files(folder: Path) -> int:
    import pandas as pd

    chunks = pd.read_csv(
        folder / "data/mesure.csv", sep=";", dtype="str", keep_default_na=False, na_filter=False, chunksize=CHUNK
    )
    return sum(len(chunk) for chunk in chunks)


def batches(kind: str, folder: Path) -> int:
    from mesenluth.registry.connect import relations
    from mesenluth.registry.mapping import load
    from mesenluth.registry.relation import Request

    source = relations(kind, study(kind)["source"], folder, load(folder / "map.yaml"))
    return sum(len(batch) for batch in source.batches(Request("mesure", COLUMNS, ("id",))))


def whole(kind: str, folder: Path) -> int:
    from mesenluth.registry.source import read

    return len(read(study(kind), folder).tables["measurements"])


def one(kind: str, way: str, folder: Path) -> None:
    began, used = time.perf_counter(), time.process_time()
    if way == "plain":
        rows = plain_postgresql(folder) if kind == "postgresql" else plain_files(folder)
    else:
        rows = batches(kind, folder) if way == "batches" else whole(kind, folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([rows, time.perf_counter() - began, time.process_time() - used, peak]))


def measure(rows: int) -> None:
    import psycopg

    from unit.registry.postgres_server import Server

    server = Server()
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "data").mkdir()
            (folder / "map.yaml").write_text(MAPPING)
            environment = {**os.environ, **server.environment(), "KEY": "a key for measuring, of no use"}
            environment |= {"PYTHONPATH": str(ROOT / "src")}
            os.environ.update(server.environment())
            with psycopg.connect("") as connection:
                connection.execute("CREATE UNLOGGED TABLE mesure AS " + ROWS.format(rows=rows))
                connection.commit()
                copy = "COPY mesure TO STDOUT (FORMAT csv, HEADER, DELIMITER ';')"
                with open(folder / "data/mesure.csv", "wb") as out, connection.cursor().copy(copy) as stream:
                    for block in stream:
                        out.write(block)
            for kind in ("postgresql", "files"):
                floor = 0.0
                for way in ("plain", "batches", "read"):
                    call = [sys.executable, __file__, "--one", kind, way, name]
                    done = subprocess.run(call, env=environment, check=True, capture_output=True)
                    count, wall, cpu, peak = json.loads(done.stdout)
                    assert count == rows
                    floor = floor or wall
                    print(
                        f"| {rows:,} | {kind} | {way} | {wall:.1f} | {cpu:.1f} | {peak:,.0f} | {wall / floor:.1f} |",
                        flush=True,
                    )
    finally:
        server.stop()


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], sys.argv[3], Path(sys.argv[4]))
        return
    print("| rows | source | way | wall s | CPU s | peak MB | ratio to plain |\n|---|---|---|---|---|---|---|")
    for rows in map(int, sys.argv[1:] or ["500000", "5000000"]):
        measure(rows)


if __name__ == "__main__":
    main()
