"""
How long it takes to balance ten million rows into a dataset, beside plain SQL over text.

    ./run bench curation [--rows 10000000] [--alone] [--out benchmarks/results/curation.json]

Made-up rows of 4,215 categories (some a thousand times larger than others) and twelve months with
names of 4 to 12 tokens. The plan is m = 200, by month. The floor is one DuckDB query that ranks
the ids, paths and digests themselves and writes the same rows; it counts no categories and takes
no fingerprint. Each runs in a process of its own; processor seconds are user and system together.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path

ROWS = """
COPY (
  SELECT
    'P' || lpad(i::VARCHAR, 9, '0') AS product_id, array_to_string(words, ' ') AS product_name,
    'a' || (c // 512) || '>b' || (c // 64) || '>c' || (c // 8) || '>d' || c AS category_path,
    CASE WHEN i % 50 > 0 THEN '2019-' || lpad((1 + hash(i) % 144 // 12 % 12)::VARCHAR, 2, '0') END
      AS month,
    words AS name_tokens, ['m' || (c % 300), 'n' || (hash(i) % 9)] AS mall_tokens
  FROM (
    SELECT
      i, (4214 * pow(hash(i + 7) / 18446744073709551616.0, 2.2))::INT AS c,
      list_transform(range(4 + i % 9), lambda x: '낱말' || (hash(i * 31 + x) % 30000)) AS words
    FROM range($rows) AS made(i)
  )
) TO '$file' (FORMAT parquet, COMPRESSION zstd)
"""
FLOOR = """
COPY (
  SELECT product_id, product_name, category_path, month, name_tokens, mall_tokens FROM (
    SELECT *, row_number() OVER (PARTITION BY category_path ORDER BY turn, digest) AS place FROM (
      SELECT
        *, md5(product_id) AS digest, count(*) OVER (PARTITION BY category_path) AS size,
        row_number() OVER (PARTITION BY category_path, month ORDER BY md5(product_id)) AS turn
      FROM '$file'
    )
  ) WHERE place <= greatest(1, floor(200 * ln(size)))
) TO '$out' (FORMAT parquet, COMPRESSION zstd)
"""
OURS = """
from pathlib import Path
from mlcore.corpus.freezing import freeze
from mlcore.corpus.plan import CurationPlan
print(freeze(Path("$file"), Path("$out"), plan=CurationPlan(m=200, by_month=True)).rows)
"""
SQL = """
import duckdb
duckdb.execute("SET enable_progress_bar = false")
duckdb.execute("SET memory_limit = '2GB'; SET temp_directory = '$folder'")
print(duckdb.execute({query!r}).fetchone()[0])
"""


def main() -> None:
    """Make the rows, measure both, write the result."""
    parser = ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--alone", action="store_true", help="leave plain SQL out")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "rows.parquet")
        _run(SQL.format(query=ROWS), rows=options.rows, file=file, folder=folder)
        ours = _run(OURS, file=file, out=Path(folder, "dataset"))
        sql, out = SQL.format(query=FLOOR), Path(folder, "floor")
        floor = None if options.alone else _run(sql, file=file, out=out, folder=folder)
    result: dict[str, object] = {
        "rows": options.rows,
        "plan": {"m": 200, "by_month": True},
        "cores": os.cpu_count(),
        "curate": ours,
    }
    if floor:
        ratio = round(ours["processor_s"] / floor["processor_s"], 2)
        result |= {"plain_sql": floor, "processor_ratio": ratio}
    text = json.dumps(result, indent=1)
    print(text)
    if options.out:
        options.out.write_text(text + "\n")


def _run(program: str, **names: object) -> dict[str, float]:
    """Return what a Python process took that ran the program, and the rows that it printed."""
    for name, value in names.items():
        program = program.replace(f"${name}", str(value))
    load, begin = os.getloadavg()[0], time.monotonic()
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    rows = int(child.stdout.read().split()[-1])
    _pid, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    figures = {
        "rows": rows,
        "wall_s": round(time.monotonic() - begin, 1),
        "processor_s": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb": used.ru_maxrss // 1024,
        "load_before": round(load, 1),
    }
    print(figures, file=sys.stderr, flush=True)
    return figures


if __name__ == "__main__":
    main()
