"""Whether what a form takes from elsewhere is there: the certificates of other services of the pack, and registers."""

from collections.abc import Iterator, Mapping

from janaseva.core.source import Path, Source, SourceFault
from janaseva.forms.rules import From, Unknown
from janaseva.services.rules.definition import Definition

Others = Mapping[str, Definition | None]
"""Every service of the pack by its key; ``None`` where it is not sound itself."""


def takes(definition: Definition) -> bool:
    """Return whether a definition takes anything from elsewhere."""
    groups = () if isinstance(definition.ask.documents, Unknown) else definition.ask.documents
    return any(group.issued for group in groups) or any(one.from_ for one in definition.form.questions())


def unfounded(definition: Definition, service: Source, others: Others) -> Iterator[SourceFault]:
    """Yield a fault for each source of an answer, and each certificate that stands for a paper, which is not there."""
    for number, page in enumerate(definition.ask.pages):
        for index, question in enumerate(page.fields):
            if question.from_ is not None:
                path: Path = ("ask", "pages", number, "fields", index, "from")
                yield from _source_faults(definition, service, path, question.from_, others)
    documents = () if isinstance(definition.ask.documents, Unknown) else definition.ask.documents
    for number, group in enumerate(documents):
        for index, key in enumerate(group.issued):
            yield from _service_faults(service, ("ask", "documents", number, "issued", index), key, others)


def _service_faults(service: Source, path: Path, key: str, others: Others) -> Iterator[SourceFault]:
    if key not in others:
        mend = f"the services of this pack are: {', '.join(sorted(others))}"
        yield service.fault(path, f"there is no service '{key}'", mend)
        return
    other = others[key]
    if other is not None and other.out.certificate is None:
        yield service.fault(path, f"'{key}' issues no certificate", "name a service that does")


def _source_faults(
    definition: Definition, service: Source, path: Path, source: From, others: Others
) -> Iterator[SourceFault]:
    if source.key is not None and source.key not in definition.form.by_key:
        yield service.fault((*path, "key"), f"there is no field '{source.key}'", "name the field of the entry's number")
    if source.certificate is not None:
        yield from _service_faults(service, (*path, "certificate"), source.certificate, others)
        other = others.get(source.certificate)
        certificate = other.out.certificate if other is not None else None
        if certificate is not None and source.fact not in certificate.facts:
            mend = f"its facts are: {', '.join(certificate.facts)}"
            yield service.fault((*path, "fact"), f"that certificate has no fact '{source.fact}'", mend)
        return
    entries = [one.out.register_ for one in others.values() if one is not None and one.out.register_ is not None]
    written = [entry for entry in entries if entry.register_ == source.register_]
    if not written and None in others.values():
        return  # a service that was not looked at may write into it
    if not written:
        known = ", ".join(sorted({entry.register_ for entry in entries})) or "none"
        message = f"no service of this pack writes into a register '{source.register_}'"
        yield service.fault((*path, "register"), message, f"registers written into: {known}")
    elif not any(source.fact in entry.facts for entry in written):
        message = f"the register '{source.register_}' has no fact '{source.fact}'"
        yield service.fault((*path, "fact"), message, f"its facts are: {', '.join(written[0].facts)}")
