"""The method pages: each topic with its rules, its measures in words, and its examples as tables."""

import datetime
import textwrap
from functools import cache, partial
from typing import Any

import yaml
from markupsafe import Markup

from vbs_site.catalogue.indicators import strata_of
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import NATIONAL, UNKNOWN
from vbs_site.catalogue.sources import Column
from vbs_site.catalogue.wording import definition, sentence
from vbs_site.method.reading import WORD, Method, read_method
from vbs_site.method.topics import WHERE, Example
from vbs_site.site.context import Context, Fragments
from vbs_site.site.pages.worked import Shown, given, heading, in_words, number
from vbs_site.site.words import WORDS

HOLES = ("topic", "rules", "measures", "examples")
TOLD_ELSEWHERE = ("follow_up", "minimum", "source")
"""Lines of a definition that say nothing of what is counted."""


def path(topic: str) -> str:
    """Return the address of a topic's page below the language root."""
    return f"metode/{topic}/"


def topic_of(kind: str) -> str | None:
    """Return the topic that explains a kind of measure, or None."""
    return next((name for name, topic in read_method().topics.items() if topic.kind == kind), None)


def index(context: Context) -> str:
    """Return the list of topics below what people wrote on the method page."""
    topics = read_method().topics.items()
    kinds = [(path(name), context.text(topic.title)) for name, topic in topics if topic.kind]
    shared = [(path(name), context.text(topic.title)) for name, topic in topics if not topic.kind]
    count = sum(len(topic.examples) for _, topic in topics)
    root = context.root("metode/")
    return context.render("method/index.html.jinja", kinds=kinds, shared=shared, count=count, root=root)


def fragments(context: Context, name: str) -> Fragments:
    """Return the fragments of a topic's page."""
    method = read_method()
    topic = method.topics[name]
    values = {
        "topic": topic,
        "examples": [(each, _example(context, method, name, each)) for each in topic.examples],
        "measures": [_measure(context, method, name, each) for each in topic.measures],
        "unwritten": _unwritten(context, method, name),
        "root": context.root(path(name)),
    }
    return {each: context.render(f"method/{each}.html.jinja", **values) for each in HOLES}


@cache
def _base(name: str) -> Catalogue:
    return read_method().catalogue(name)


@cache
def _changed(name: str, number: int) -> Catalogue:
    method = read_method()
    return method.catalogue(name, method.topics[name].examples[number])


def _measure(context: Context, method: Method, name: str, measure: str) -> dict[str, Any]:
    catalogue = _base(name)
    return {
        "name": measure,
        "title": context.text(catalogue.indicators[measure].title),
        "sentence": sentence(catalogue, measure, context.language),
        "lines": definition(catalogue, measure, context.language),
        "yaml": _written(method, name, measure),
    }


def _written(method: Method, name: str, measure: str) -> str:
    """Return a measure's definition as it is written in its file."""
    document = method.documents[name]
    (text,) = document.texts.values()
    first = document.place(("measures", measure))[1]
    after = [line for key, (_, line) in document.places.items() if len(key) <= 2 and line > first]
    return textwrap.dedent("\n".join(text.splitlines()[first - 1 : min(after) - 1])).strip()


def _example(context: Context, method: Method, name: str, example: Example) -> dict[str, Any]:
    words = list(dict.fromkeys(WORD.findall(_as_yaml(example.with_))))
    filled_in_definition = bool(words)
    words += [word for word in _words_in(example) if word not in words]
    letters = {word: chr(ord("A") + place) for place, word in enumerate(words)}
    number = method.topics[name].examples.index(example)
    plain = filled_in_definition or not (example.with_ or example.about)
    catalogue = _base(name) if plain else _changed(name, number)
    return {
        "measure": (example.measure, context.text(catalogue.indicators[example.measure].title)),
        "with": _lettered(_as_yaml(example.with_), letters) if filled_in_definition else None,
        "changed": [] if plain else _changed_lines(context, name, catalogue, example.measure),
        "days": _days(context, example),
        "given": [
            given(context, catalogue, source, table, partial(_filled, letters))
            for source, table in example.given.items()
        ],
        "then": _result(context, method, catalogue, example, letters),
    }


def _words_in(example: Example) -> list[str]:
    cells = (cell for table in example.given.values() for row in table.rows for cell in row)
    return [word for cell in cells for word in WORD.findall(cell)]


def _as_yaml(patch: dict[str, Any]) -> str:
    text = yaml.safe_dump(patch, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10**6)
    return text.strip()[1:-1] if patch else ""


def _lettered(text: str, letters: dict[str, str]) -> Markup:
    """Return a text with the words to fill in as letters."""
    html, end = Markup(), 0
    for found in WORD.finditer(text):
        before, quoted = text[end : found.start()], text[found.end() : found.end() + 1] == "'"
        html += Markup("{}<var>{}</var>").format(before.removesuffix("'"), letters[found[1]])
        end = found.end() + quoted
    return html + text[end:]


def _filled(letters: dict[str, str], text: str) -> Markup | None:
    return _lettered(text, letters) if WORD.search(text) else None


def _changed_lines(context: Context, name: str, catalogue: Catalogue, measure: str) -> list[Any]:
    usual = set(definition(_base(name), measure, context.language))
    changed = [line for line in definition(catalogue, measure, context.language) if line not in usual]
    return [line for line in changed if line.topic not in TOLD_ELSEWHERE]


def _days(context: Context, example: Example) -> list[str]:
    """Return what days an example is about, where they are not those of most examples."""
    words, usual = list[str](), Example.model_fields
    if (example.from_, example.until) != (usual["from_"].default, usual["until"].default):
        ends = []
        if example.from_:
            ends.append(f"{context.say('from')} {context.date(example.from_.isoformat())}")
        if example.until:
            last = example.until - datetime.timedelta(days=1)
            ends.append(f"{context.say('reported_until')} {context.date(last.isoformat())}")
        words.append(f"{context.say('reported')} {' '.join(ends) or context.say('all_days')}.")
    if example.horizon:
        last = example.horizon - datetime.timedelta(days=1)
        words.append(f"{context.say('followed_until')} {context.date(last.isoformat())}.")
    return words


def _result(
    context: Context, method: Method, catalogue: Catalogue, example: Example, letters: dict[str, str]
) -> Shown:
    table = example.then or example.cases
    assert table is not None
    columns = [_result_heading(context, catalogue, example, name, letters) for name in table.columns]
    rows = tuple(
        tuple(
            _result_cell(context, method, catalogue, example, name, cell, letters)
            for name, cell in zip(table.columns, row, strict=True)
        )
        for row in table.rows
    )
    caption = context.say("result" if example.then else "result_of_cases")
    numbers = {place for place, name in enumerate(table.columns) if name not in (*WHERE, *letters)}
    return Shown(caption, tuple(columns), frozenset(numbers), rows)


def _result_heading(
    context: Context, catalogue: Catalogue, example: Example, name: str, letters: dict[str, str]
) -> Markup:
    if name in letters:
        column = _filled_column(catalogue, example, name)
        words = heading(context, column, name) if column else context.say("in_definition")
        return Markup("<var>{}</var>: {}").format(letters[name], words)
    if name == "unit" and example.then and "level" not in example.then.columns:
        unit = example.unit or catalogue.indicators[example.measure].units[0]
        return Markup.escape(context.text(catalogue.units[unit].title))
    return Markup.escape(context.say(f"column_{name}") if f"column_{name}" in WORDS else name)


def _filled_column(catalogue: Catalogue, example: Example, word: str) -> Column | None:
    """Return the column that a word is filled into, or None when it stands in the definition."""
    for source, table in example.given.items():
        for row in table.rows:
            for name, cell in zip(table.columns, row, strict=True):
                if f"{{{word}}}" in cell:
                    return catalogue.sources[source].columns[name]
    return None


def _result_cell(
    context: Context,
    method: Method,
    catalogue: Catalogue,
    example: Example,
    name: str,
    cell: str,
    letters: dict[str, str],
) -> Markup | None:
    if name in letters:
        column = _filled_column(catalogue, example, name)
        return in_words(context, column, cell) if column else Markup("<code>{}</code>").format(cell)
    if name not in WHERE:
        return number(context, cell)
    if not cell:
        return None if example.cases else Markup.escape(context.say(_without(catalogue, example, name)))
    return Markup.escape(_place(context, method, catalogue, name, cell))


def _without(catalogue: Catalogue, example: Example, name: str) -> str:
    """Return the key of what an empty cell means: everyone, or those for whom it is unknown."""
    together = name in ("sex", "age_band") and name not in strata_of(catalogue.indicators[example.measure])
    return "everyone" if together or name == "part" else "unknown_value"


def _place(context: Context, method: Method, catalogue: Catalogue, name: str, cell: str) -> str:
    """Return the words of a cell that says where a number belongs."""
    if name == "level":
        return context.say("national") if cell == NATIONAL else context.text(catalogue.units[cell].title)
    if name == "unit" and cell in (NATIONAL, UNKNOWN):
        return context.say(cell)
    if name == "unit" and cell in method.organisations.by_id:
        return context.text(method.organisations.by_id[cell].name)
    if name == "stratum" and cell == "all":
        return context.say("everyone")
    if name in ("stratum", "part"):
        return ", ".join(_stratum(context, catalogue, each) for each in cell.split("|") if each)
    return _sex(context, catalogue, cell) if name == "sex" else cell


def _stratum(context: Context, catalogue: Catalogue, stratum: str) -> str:
    kind, _, value = stratum.partition("=")
    words = context.say("unknown_value") if value == UNKNOWN else value
    words = _sex(context, catalogue, words) if kind == "sex" else words
    return f"{context.say(f'column_{kind}') if f'column_{kind}' in WORDS else kind}: {words}"


def _sex(context: Context, catalogue: Catalogue, code: str) -> str:
    persons = catalogue.persons
    values = (catalogue.sources[persons.source].columns[persons.sex].values or {}) if persons else {}
    words = values.get(code)
    return context.text(words) if words else code


def _unwritten(context: Context, method: Method, name: str) -> list[tuple[str, str]]:
    """Return per source of a topic what its rows hold in columns that a table does not show."""
    catalogue = _base(name)
    used = {source for example in method.topics[name].examples for source in example.given}
    found = []
    for source, values in method.common.rows.items():
        if source in used:
            columns = catalogue.sources[source].columns
            words = (
                f"{context.text(columns[key].title)} {in_words(context, columns[key], str(value))}"
                for key, value in values.items()
            )
            found.append((context.text(catalogue.sources[source].title), ", ".join(words)))
    return found
