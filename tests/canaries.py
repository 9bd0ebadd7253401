"""Values that stand nowhere but in planted rows, every way that they can be written, and a search that looks into every file."""

import base64
import binascii
import contextlib
import datetime as dt
import gzip
import hashlib
import html
import io
import json
import re
import sqlite3
import struct
import tempfile
import urllib.parse
import zipfile
import zlib
from decimal import Decimal
from pathlib import Path

import duckdb

EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - clock times are without time zone
MONTHS = {
    "da": [
        "januar",
        "februar",
        "marts",
        "april",
        "maj",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "december",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
ENCODED = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,2}")
UNICODE = re.compile(r"\\u([0-9a-fA-F]{4})")
SEALED = {
    b"\x28\xb5\x2f\xfd": "zstd",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"7z\xbc\xaf": "7z",
    b"\x04\x22\x4d\x18": "lz4",
}
"""How files begin that the search cannot look into: none may be written."""


def number(value, digits=0):
    """Return every way in which a number is written: as text, and as bytes of tables."""
    whole, text = int(Decimal(value).scaleb(digits)), f"{Decimal(value):,.{digits}f}"
    danish = text.translate(str.maketrans(",.", ".,"))
    found = {
        "plain": text.replace(",", "").encode(),
        "decimal comma": danish.replace(".", "").encode(),
        "English thousands": text.encode(),
        "Danish thousands": danish.encode(),
        "spaced thousands": danish.replace(".", " ").encode(),
        "no-break thousands": danish.replace(".", "\N{NO-BREAK SPACE}").encode(),
        "narrow thousands": danish.replace(".", "\N{NARROW NO-BREAK SPACE}").encode(),
        "shifted": str(whole).encode(),
        "scientific": f"{float(value):.9e}".rstrip("0").encode()[:11],
        "hexadecimal": f"{whole:x}".encode(),
        "int64": struct.pack("<q", whole),
        "int64, big end first": struct.pack(">q", whole),
        "double": struct.pack("<d", float(value)),
        "double, big end first": struct.pack(">d", float(value)),
    }
    for scale in (2, 3, 6, 12):
        found[f"decimal of {scale}"] = int(Decimal(value).scaleb(scale)).to_bytes(16, "big")
    return found


def text(value):
    """Return every way in which a text is written."""
    return {
        "utf-8": value.encode(),
        "latin-1": value.encode("latin-1", "replace"),
        "utf-16": value.encode("utf-16-le"),
        "upper": value.upper().encode(),
        "lower": value.lower().encode(),
        "JSON": json.dumps(value)[1:-1].encode(),
        "HTML": html.escape(value).encode(),
        "in an address": urllib.parse.quote(value).encode(),
        "without separators": re.sub(r"[ -]", "", value).encode(),
        "hexadecimal": value.encode().hex().encode(),
    }


def identifier(value):
    """Return every way in which an id is written, and its common pseudonyms, which lead back to it."""
    found = number(value) if isinstance(value, int) else text(value)
    plain = str(value).encode()
    for algorithm in ("md5", "sha1", "sha256", "sha512"):
        digest = hashlib.new(algorithm, plain)
        found[algorithm] = digest.hexdigest().encode()
        found[f"{algorithm}, upper"] = digest.hexdigest().upper().encode()
        found[f"{algorithm}, raw"] = digest.digest()
        found[f"{algorithm}, base64"] = base64.b64encode(digest.digest()).rstrip(b"=")
    found["crc32"] = f"{zlib.crc32(plain):08x}".encode()
    found["base64"] = base64.b64encode(plain).rstrip(b"=")
    return found


def day(value):
    """Return every way in which a date is written."""
    found = {
        "ISO": value.isoformat(),
        "Python": f"{value.year}, {value.month}, {value.day}",
        "compact": value.strftime("%Y%m%d"),
        "slashes": value.strftime("%d/%m/%Y"),
        "American": value.strftime("%m/%d/%Y"),
        "ordinal": value.strftime("%Y-%j"),
    }
    for sign in "-./":
        found[f"Danish with {sign}"] = value.strftime(f"%d{sign}%m{sign}%Y")
        found[f"short with {sign}"] = f"{value.day}{sign}{value.month}{sign}{value.year}"
    for language, names in MONTHS.items():
        month = names[value.month - 1]
        found[f"words, {language}"] = f"{value.day}. {month} {value.year}"
        found[f"words without a dot, {language}"] = f"{value.day} {month} {value.year}"
        found[f"short words, {language}"] = f"{value.day}. {month[:3]}. {value.year}"
        found[f"month first, {language}"] = f"{month} {value.day}, {value.year}"
    days = (value - EPOCH.date()).days
    binary = {}
    if days < 0:  # later days are small numbers, whose bytes are part of many an amount
        binary = {"days as int32": struct.pack("<i", days), "days as int64": struct.pack("<q", days)}
    binary |= _moments(dt.datetime.combine(value, dt.time()))
    return {key: word.encode() for key, word in found.items()} | binary


def moment(value):
    """Return every way in which a clock time of its own is written; its day is a canary by itself."""
    seconds = int((value - EPOCH).total_seconds())
    words = {
        "time of day": value.strftime("%H:%M:%S"),
        "seconds": str(seconds),
        "milliseconds": str(seconds * 1000),
        "ISO": value.isoformat(),
        "with a space": value.isoformat(" "),
        "compact": value.strftime("%Y%m%dT%H%M%S"),
    }
    return {key: word.encode() for key, word in words.items()} | _moments(value)


def _moments(value):
    seconds = int((value - EPOCH).total_seconds())
    units = {"seconds": 1, "milliseconds": 10**3, "microseconds": 10**6, "nanoseconds": 10**9}
    return {f"{unit} as int64": struct.pack("<q", seconds * each) for unit, each in units.items()}


class Search:
    """Looks for canaries (name to spellings) in files, in what lies packed in them, and in what programs say."""

    def __init__(self, canaries):
        self.canaries = canaries
        self._seen = {}

    def in_bytes(self, data):
        """Return the (canary, spelling) pairs in some bytes, and in what is packed in them."""
        key = hashlib.sha256(data).digest()
        if key not in self._seen:
            layers = list(_layers(data))
            self._seen[key] = {
                (name, way)
                for name, spellings in self.canaries.items()
                for way, needle in spellings.items()
                if any(needle in layer for layer in layers)
            }
        return self._seen[key]

    def in_file(self, path):
        """Return the pairs in a file, and in its name."""
        return self.in_bytes(path.read_bytes()) | self.in_bytes(str(path.name).encode())

    def below(self, folder, *without):
        """Return file to pairs for every file below a folder that has any; `without` are folders that are passed over."""
        found = {}
        for path in sorted(folder.rglob("*")):
            if any(path.is_relative_to(each) for each in without):
                continue
            pairs = self.in_file(path) if path.is_file() else self.in_bytes(path.name.encode())
            if pairs:
                found[path.relative_to(folder).as_posix()] = sorted(pairs)
        return found


def _layers(data):
    """Yield some bytes and everything that lies packed in them."""
    yield data
    for begin, name in SEALED.items():
        assert not data.startswith(begin), f"the search cannot look into {name}"
    if data[:2] == b"\x1f\x8b":
        with contextlib.suppress(OSError, EOFError, zlib.error):
            yield from _layers(gzip.decompress(data))
    elif data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for name in packed.namelist():
                yield name.encode()
                yield from _layers(packed.read(name))
    elif data[:4] == b"PAR1" and data[-4:] == b"PAR1":
        yield _as_text(data, "SELECT * FROM read_parquet('{}')")
        yield _as_text(data, "SELECT * FROM parquet_kv_metadata('{}')")
        yield from _plain_pages(data)
    elif data[8:12] == b"DUCK":
        with _on_disk(data) as path, duckdb.connect(str(path), read_only=True) as opened:
            for (name,) in opened.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                yield repr(opened.table(name).fetchall()).encode()
    elif data[:15] == b"SQLite format 3":
        with _on_disk(data) as path, contextlib.closing(sqlite3.connect(path)) as opened:
            yield "\n".join(opened.iterdump()).encode()
    else:
        yield from _readings(data)


def _readings(data):
    """Yield what a text says once its escapes are undone, and what stands in it in base64."""
    try:
        said = data.decode()
    except UnicodeDecodeError:
        return
    plain = UNICODE.sub(lambda found: chr(int(found[1], 16)), said)
    plain = html.unescape(urllib.parse.unquote(plain))
    if plain != said:
        yield plain.encode("utf-8", "surrogatepass")
    decoded = []
    for found in ENCODED.findall(data):
        word = found.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
        with contextlib.suppress(binascii.Error):
            decoded.append(base64.b64decode(word + b"=" * (-len(word) % 4)))
    yield b"\0\0".join(decoded)


@contextlib.contextmanager
def _on_disk(data):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "packed"
        path.write_bytes(data)
        yield path


def _as_text(data, query):
    with _on_disk(data) as path, duckdb.connect(config={"threads": 1}) as reader:
        rows = reader.execute(query.format(path)).fetchall()
        return "\n".join("\t".join(map(_said, row)) for row in rows).encode()


def _said(value):
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _plain_pages(data):
    """Yield the columns of a Parquet file as bytes neither compressed nor in a dictionary: dates and numbers as they lie."""
    with _on_disk(data) as path, duckdb.connect(config={"threads": 1}) as reader:
        plain = path.with_name("plain")
        reader.execute(
            f"COPY (SELECT * FROM read_parquet('{path}')) TO '{plain}' (FORMAT parquet, COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 1)"
        )
        yield plain.read_bytes()
