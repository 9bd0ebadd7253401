"""Examples as data: what they look like, and how they are read.

A topic is one file in `topics/`, one page of the method and many tests. Its measures are written as in a catalogue; the
registers that they measure stand in `catalogue.yaml`, and what every example shares in `common.yaml`.

    title: {da: Andel, en: Proportion}
    kind: proportion                # optional: pages of indicators of this kind lead here
    intro: {da: …, en: …}           # what it answers, and which sums it keeps
    measures:
      readmission:
        title: {da: …, en: …}
        kind: proportion
        of: {from: contacts, at: end, where: {kind: inpatient}}
        event: {followed_by: {where: {acute: true}, within: 30 days}}
    examples:
      - id: two-events-count-once
        rule: {da: …, en: …}        # one sentence
        note: {da: …, en: …}        # optional: what helps to follow the numbers
        measure: readmission
        with: {period: year}        # optional: a merge patch (RFC 7396): mappings merge, null removes, the rest replaces
        given:
          contacts: |
            | start            | end              | acute |
            | 2026-01-05 08:00 | 2026-01-10 12:00 | no    |
            | 2026-01-20 08:00 |                  | yes   |
        then: |
          | unit | period | n | numerator |
          | H1   | 2026   | 1 | 1         |
        unit: hospital              # optional: the measure's first
        from: 2026-01-01            # optional reported days, `until` excluded; null is open
        until: 2027-01-01
        horizon: 2026-07-01         # optional: first day on which people who are followed are no longer seen
        about: {year_starts: 1}     # optional: what changes in the catalogue's head

An empty cell is no value. A column that a table does not write takes its value from `rows` in `common.yaml`; a key of
whole numbers is counted 1, 2, 3 …

`then` with columns that say where (`unit, period, sex, age_band, bin`) has a line for each of their combinations in the
result, in any order, with the statistics added up; a heading alone is an empty result. With a column `level` the codes are
added up to organisations first, and the columns that say where are `level, unit, period, stratum, part`; without `stratum`
and `part` only everyone is meant. Without any of these it is one line: the statistics added up over the whole result.

`cases` instead of `then` shows one rule at several values. Each line is a run: `{word}` in `given` and `with` takes the
cell of the column with that name, and the other columns are what comes out, statistics added up over all rows, columns that
say where as their distinct values in order. In `with`, a text that is nothing but `"{word}"` takes the cell read as YAML.
"""  # noqa: D214, D405, D411 - `examples:` is a key of the file

import copy
import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from vbs_site.catalogue.loading import checked
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.model_faults import diagnoses
from vbs_site.catalogue.organisation_file import read_organisations
from vbs_site.catalogue.organisations import Organisations
from vbs_site.catalogue.reading import Document, Place, read
from vbs_site.catalogue.text_tables import TextTable
from vbs_site.catalogue.words import Frozen
from vbs_site.diagnostics import Diagnosis, ExitCode, FaultError, nearest
from vbs_site.method.topics import WHERE, Common, Example, Topic

HERE = Path(str(files("vbs_site.method")))
WORD = re.compile(r"\{([a-z_]+)\}")
_Model = TypeVar("_Model", bound=Frozen)


@dataclass(frozen=True)
class Run:
    """One example with its values filled in: what is given, what is measured, what must come out.

    Attributes:
        catalogue: holds the topic's measures, the example's own with its changes.
        indicator: the example's measure.
        unit: the unit kind.
        given: source to full rows.
        then: what must come out.
        added_up: whether `then` is one line for the whole result.
        values: what stands for the words to fill in; empty without cases.
    """

    example: Example
    catalogue: Catalogue
    indicator: str
    unit: str
    given: Mapping[str, list[dict[str, Any]]]
    then: TextTable
    added_up: bool
    values: Mapping[str, str]


@dataclass(frozen=True)
class Method:
    """Everything that explains the method.

    Attributes:
        topics: file name to topic, in the order of their pages.
        documents: file name to the data as read, with places.
        registers: the catalogue without measures.
        common: what every example shares.
        organisations: of the examples.
    """

    topics: Mapping[str, Topic]
    documents: Mapping[str, Document]
    registers: Document
    common: Common
    common_document: Document
    organisations: Organisations

    def catalogue(
        self, topic: str, example: Example | None = None, values: Mapping[str, str] | None = None
    ) -> Catalogue:
        """Return the catalogue with the measures of a topic, after the checks that a user's catalogue passes.

        Args:
            topic: file name of the topic.
            example: changes its measure and the head.
            values: of a case, for the words to fill in.

        Raises:
            FaultError: pointing at the topic's file.
        """
        document, places, indicators = self.documents[topic], dict(self.registers.places), {}
        for name, definition in self.topics[topic].measures.items():
            indicators[name] = merged(self.common.indicator, definition)
            places |= _moved(self.common_document, ("indicator",), name)
            places |= _moved(document, ("measures", name), name)
        data = self.registers.data | {"indicators": indicators}
        if example:
            patch = _filled(example.with_, values or {})
            indicators[example.measure] = merged(indicators[example.measure], patch)
            number = self.topics[topic].examples.index(example)
            places |= _moved(document, ("examples", number, "with"), example.measure)
            data["catalogue"] = data["catalogue"] | example.about
        return checked(Document(data=data, places=places))[0]

    def runs(self, topic: str) -> Iterator[Run]:
        """Yield the runs of a topic's examples: one each, or one per case.

        Raises:
            FaultError: pointing at the topic's file.
        """
        for example in self.topics[topic].examples:
            words = _words(example)
            for case in example.cases.records() if example.cases else [{}]:
                values = {word: case[word] for word in sorted(words, key=list(case).index)}
                catalogue = self.catalogue(topic, example, values)
                results = {name: cell for name, cell in case.items() if name not in words}
                then = example.then or TextTable(tuple(results), (tuple(results.values()),))
                added_up = example.then is None or not set(then.columns) & set(WHERE)
                unit = example.unit or catalogue.indicators[example.measure].units[0]
                tables = {**self.common.tables, **example.given}
                given = {name: _rows(table, values) for name, table in tables.items()}
                full = full_rows(self.common, catalogue, given)
                yield Run(example, catalogue, example.measure, unit, full, then, added_up, values)


def full_rows(
    common: Common, catalogue: Catalogue, given: Mapping[str, Sequence[Mapping[str, Any]]]
) -> dict[str, list[dict[str, Any]]]:
    """Return given rows with the columns that they do not write: keys counted, other values from `common`."""
    full = {}
    for name, rows in given.items():
        source = catalogue.sources[name]
        numbered = [key for key in source.key if source.columns[key].type == "integer"]
        usual = {column: str(value) for column, value in common.rows.get(name, {}).items()}
        full[name] = [
            {**dict.fromkeys(numbered, str(number)), **usual, **row}
            for number, row in enumerate(rows, start=1)
        ]
    return full


def _rows(table: TextTable, values: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {column: WORD.sub(lambda found: values[found[1]], cell) for column, cell in row.items()}
        for row in table.records()
    ]


@functools.cache
def read_method(folder: Path = HERE) -> Method:
    """Read all topics and what they share.

    Raises:
        FaultError: with one diagnosis per fault (exit code 10).
    """
    registers, faults = read(folder / "catalogue.yaml")
    shared, common = _read_as(Common, folder / "common.yaml", faults)
    documents, topics = {}, {}
    for path in sorted((folder / "topics").glob("*.yaml")):
        document, topic = _read_as(Topic, path, faults)
        if topic is not None:
            documents[path.stem], topics[path.stem] = document, topic
            faults += _topic_faults(topic, document, registers)
    if common is not None and set(common.topics) != {
        path.stem for path in (folder / "topics").glob("*.yaml")
    }:
        faults.append(shared.diagnosis(("topics",), "topics lists each file in the folder topics once"))
    if faults or common is None:
        raise FaultError(ExitCode.CATALOGUE, faults)
    organisations = read_organisations(folder / "organisations.yaml")
    ordered = {name: topics[name] for name in common.topics}
    return Method(ordered, documents, registers, common, shared, organisations)


def merged(value: Any, patch: Any) -> Any:
    """Return a value after a JSON merge patch (RFC 7396): mappings merge, null removes, everything else replaces."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    kept = dict(value) if isinstance(value, dict) else {}
    for key, each in patch.items():
        if each is None:
            kept.pop(key, None)
        else:
            kept[key] = merged(kept.get(key), each)
    return kept


def _read_as(model: type[_Model], path: Path, faults: list[Diagnosis]) -> tuple[Document, _Model | None]:
    document, found = read(path)
    faults += found
    try:
        return document, model.model_validate(document.data)
    except ValidationError as error:
        faults += diagnoses(document, error, model)
        return document, None


def _topic_faults(topic: Topic, document: Document, registers: Document) -> Iterator[Diagnosis]:
    """Yield what a topic's form allows and its content does not: unknown names, words that no case fills."""
    ids = [example.id for example in topic.examples]
    for number, example in enumerate(topic.examples):
        place: Place = ("examples", number)
        if ids.index(example.id) < number:
            yield document.diagnosis((*place, "id"), "an id stands once in a topic", got=example.id)
        if example.measure not in topic.measures:
            hint = nearest(example.measure, topic.measures)
            yield document.diagnosis(
                (*place, "measure"), "a measure of this topic", got=example.measure, hint=hint
            )
        sources = registers.data["sources"]
        for name, table in example.given.items():
            if name not in sources:
                hint = nearest(name, sources)
                yield document.diagnosis((*place, "given", name), "a source that exists", got=name, hint=hint)
                continue
            for column in table.columns:
                if column not in sources[name]["columns"]:
                    hint = nearest(column, sources[name]["columns"])
                    rule = "a column of the source"
                    yield document.diagnosis((*place, "given", name), rule, got=column, hint=hint)
        for word in sorted(_words(example) - set(example.cases.columns if example.cases else ())):
            rule = "a word to fill in is a column of cases"
            yield document.diagnosis((*place, "given"), rule, got=f"{{{word}}}")
        if example.cases and not set(example.cases.columns) - _words(example):
            yield document.diagnosis((*place, "cases"), "cases say what comes out")


def _words(example: Example) -> set[str]:
    """Return the words to fill in."""
    cells = [cell for table in example.given.values() for row in table.rows for cell in row]
    return {word for text in [*cells, *_texts(example.with_)] for word in WORD.findall(text)}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _filled(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(each, values) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, values) for each in value]
    if not isinstance(value, str):
        return value
    whole = WORD.fullmatch(value)
    if whole and whole[1] in values:
        return yaml.safe_load(values[whole[1]])
    return WORD.sub(lambda found: values.get(found[1], found[0]), value)


def _moved(document: Document, start: Place, indicator: str) -> dict[Place, tuple[str, int]]:
    """Return the places of an indicator's values that stand below `start` in another document."""
    return {
        ("indicators", indicator, *path[len(start) :]): place
        for path, place in document.places.items()
        if path[: len(start)] == start
    }
