"""What is wrong with the form: keys that stand twice, patterns that cannot run, columns that do too much."""

from collections.abc import Iterable, Iterator

from janaseva.core.source import Path, Source, SourceFault
from janaseva.forms.rules import Question, Unknown
from janaseva.forms.rules.values import pattern
from janaseva.services.rules.definition import Definition


def repeated(definition: Definition, service: Source) -> Iterator[SourceFault]:
    """Yield every key that stands twice, or is a word of the rule language."""
    seen: dict[str, Path] = {}
    for number, page in enumerate(definition.ask.pages):
        for index, question in enumerate(page.fields):
            path: Path = ("ask", "pages", number, "fields", index, "key")
            for key in question.keys:
                if key in seen:
                    yield service.fault(
                        path, f"the field '{key}' stands here a second time", "give each field its own key"
                    )
                if key in ("today", "given", "channel", "pages", "row", "found"):
                    yield service.fault(path, f"'{key}' is a word of the rule language", "give the field another key")
                seen[key] = path
            yield from _columns_twice(service, question, (*path[:-1], "columns"))
    documents = () if isinstance(definition.ask.documents, Unknown) else definition.ask.documents
    yield from _twice(service, (page.key for page in definition.ask.pages), ("ask", "pages"))
    yield from _twice(service, (group.key for group in documents), ("ask", "documents"))
    yield from _twice(service, (rule.key for rule in definition.check), ("check",))
    yield from _twice(service, (one.key for one in definition.who.eligibility), ("who", "eligibility"))
    yield from _twice(service, (variant.key for variant in definition.variants), ("variants",))
    yield from _twice(service, (reason.key for reason in definition.out.reasons), ("out", "reasons"))
    if not isinstance(definition.fee, Unknown):
        yield from _twice(service, (line.key for line in definition.fee.lines), ("fee", "lines"))


def _columns_twice(service: Source, table: Question, path: Path) -> Iterator[SourceFault]:
    seen: set[str] = set()
    for number, column in enumerate(table.columns):
        for key in column.keys:
            if key in seen:
                yield service.fault(
                    (*path, number, "key"), f"'{key}' stands here a second time", "give each its own key"
                )
            seen.add(key)


def _twice(service: Source, keys: Iterable[str], path: Path) -> Iterator[SourceFault]:
    seen: set[str] = set()
    for number, key in enumerate(keys):
        if key in seen:
            yield service.fault((*path, number, "key"), f"'{key}' stands here a second time", "give each its own key")
        seen.add(key)


def questions(definition: Definition) -> Iterator[tuple[Path, Question]]:
    """Yield every field and every column of a table, with its place."""
    for number, page in enumerate(definition.ask.pages):
        for index, question in enumerate(page.fields):
            path: Path = ("ask", "pages", number, "fields", index)
            yield path, question
            for place, column in enumerate(question.columns):
                yield (*path, "columns", place), column


def fields_faults(definition: Definition, service: Source) -> Iterator[SourceFault]:
    """Yield what is wrong with single fields: patterns, areas, rows."""
    areas = {q.key: q.scheme for _, q in questions(definition) if q.kind == "area"}
    for path, question in questions(definition):
        if question.pattern is not None:
            try:
                pattern(question.pattern)
            except ValueError as error:
                mend = "write an RE2 pattern: no look-ahead, no back-references"
                yield service.fault((*path, "pattern"), str(error), mend)
        if question.kind == "area" and question.within and ":" not in question.within and question.within not in areas:
            yield service.fault(
                (*path, "within"),
                f"there is no area field '{question.within}'",
                "name an area (scheme:code) or an area field",
            )
        if question.rows_at_least > question.rows_at_most:
            yield service.fault((*path, "rows_at_least"), "more rows are needed than are allowed", "raise rows_at_most")
