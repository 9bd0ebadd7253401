"""The search for canaries finds what it is to find: a search that finds nothing anywhere proves nothing."""

import base64
import contextlib
import gzip
import io
import sqlite3
import zipfile

import duckdb
import pytest
from canaries import Search
from canary_project import AMOUNT, IDS, all_canaries


def spelled(canaries):
    return [(name, way) for name, ways in canaries.items() for way in ways]


@pytest.mark.parametrize("style", IDS)
def test_the_search_finds_every_spelling_wherever_it_is_packed(style, tmp_path):
    search = Search(all_canaries(style))
    assert not [pair for pair in spelled(search.canaries) if len(search.canaries[pair[0]][pair[1]]) < 4]
    (tmp_path / "clean").write_text(
        "Region A har 12 patienter den 3. maj 2019, og 7654,37 kr.", encoding="utf-8"
    )
    assert search.in_file(tmp_path / "clean") == set()
    for name, way in spelled(search.canaries):
        (tmp_path / "raw").write_bytes(b"before \xff" + search.canaries[name][way] + b"\xff after")
        assert (name, way) in search.in_file(tmp_path / "raw")
    needle = {
        name: ways["utf-8" if "utf-8" in ways else "ISO"]
        for name, ways in search.canaries.items()
        if "plain" not in ways
    }
    for name, value in needle.items():
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("inner.gz", gzip.compress(b"x" * 999 + value))
        word = value.decode()
        (tmp_path / "lite").unlink(missing_ok=True)
        with contextlib.closing(sqlite3.connect(tmp_path / "lite")) as lite, lite:
            lite.execute("CREATE TABLE t (v)")
            lite.execute("INSERT INTO t VALUES (?)", [word])
        (tmp_path / "duck").unlink(missing_ok=True)
        with duckdb.connect(str(tmp_path / "duck")) as duck:
            duck.execute("CREATE TABLE t AS SELECT ? AS v", [word])
            copy = f"COPY (SELECT v FROM t, range(50)) TO '{tmp_path / 'packed.parquet'}' (FORMAT parquet, COMPRESSION zstd)"
            duck.execute(copy)
        others = {
            "zip": packed.getvalue(),
            "base64": b'{"bdata": "'
            + base64.b64encode(b"some bytes around it" + value + b"and after")
            + b'"}',
            "entities": "".join(f"&#{ord(each)};" for each in word).encode(),
            "percent": "".join(f"%{each:02X}" for each in value).encode(),
            "escapes": "".join(f"\\u{ord(each):04x}" for each in word).encode(),
        }
        for kind, data in others.items():
            assert name in {found for found, _ in search.in_bytes(data)}, kind
        for path in ("lite", "duck", "packed.parquet"):
            assert name in {found for found, _ in search.in_file(tmp_path / path)}, path


@pytest.mark.parametrize(
    "kind", ["BIGINT", "DOUBLE", "DECIMAL(18, 2)", "DECIMAL(38, 6)", "DATE", "TIMESTAMP"]
)
def test_the_search_reads_the_columns_of_a_parquet_file(kind, tmp_path):
    name, value = {
        "BIGINT": ("id 987654321012", "987654321012"),
        "DATE": ("birth 1931-03-17", "1931-03-17"),
        "TIMESTAMP": ("moment 2019-02-27 11:13:17", "2019-02-27 11:13:17"),
    }.get(kind, ("amount", str(AMOUNT)))
    path = tmp_path / "some.parquet"
    with duckdb.connect() as writer:
        column = f"CAST('{value}' AS {kind})" if kind != "DATE" else f"DATE '{value}'"
        writer.execute(
            f"COPY (SELECT {column} AS v FROM range(3000)) TO '{path}' (FORMAT parquet, COMPRESSION gzip)"
        )
    ways = {way for found, way in Search(all_canaries("number")).in_file(path) if found == name}
    binary = {
        "BIGINT": "int64",
        "DOUBLE": "double",
        "DECIMAL(18, 2)": "int64",
        "DECIMAL(38, 6)": "decimal of 6",
    }
    binary |= {"DATE": "days as int32", "TIMESTAMP": "microseconds as int64"}
    assert {binary[kind]} | ({"plain"} if "DECIMAL" in kind else set()) <= ways
