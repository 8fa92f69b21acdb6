"""What is wrong with a fee that only its form shows: formulas that do not compile, bands with gaps, parts not told."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from janaseva.core.formula import FormulaError, Scope
from janaseva.forms.rules import Unknown
from janaseva.payments.rules.bands import Band, faults
from janaseva.payments.rules.fees import Fees, Line, measured


def formula_faults(fee: Fees, scope: Scope) -> list[tuple[str, FormulaError]]:
    """Return every formula of the fee that does not compile, with its dotted place under ``fee``."""
    if isinstance(fee, Unknown):
        return []
    found: list[tuple[str, FormulaError]] = []

    def tried(place: str, text: str, kind: Any) -> None:
        try:
            scope.compile(text, kind or measured(text, scope))
        except FormulaError as error:
            found.append((place, error))

    for number, line in enumerate(fee.lines):
        place = f"lines.{number}"
        if line.when is not None:
            tried(f"{place}.when", line.when, "yes_no")
        for name, text in sizes(line):
            tried(f"{place}.{name}.of", text, None)
        for name, text in earlier_sizes(line):
            tried(f"{place}.{name}.instead_of", text, None)
        for index, waiver in enumerate(line.waived):
            tried(f"{place}.waived.{index}.when", waiver.when, "yes_no")
    return found


def sizes(line: Line) -> Iterator[tuple[str, str]]:
    """Yield each formula of a line that measures something, by its dotted place in the line."""
    for name in ("slab", "each", "percentage"):
        part = getattr(line, name)
        if part is not None:
            yield name, part.of
    if line.matrix is not None:
        yield "matrix.down", line.matrix.down.of
        yield "matrix.across", line.matrix.across.of


def earlier_sizes(line: Line) -> Iterator[tuple[str, str]]:
    """Yield each formula of a line that says what was paid for before, by its dotted place in the line."""
    axes = line.matrix and {"matrix.down": line.matrix.down, "matrix.across": line.matrix.across}
    for name, part in {"slab": line.slab, **(axes or {})}.items():
        if part is not None and part.instead_of is not None:
            yield name, part.instead_of


def amount_faults(fee: Fees, scope: Scope) -> Iterator[tuple[str, str, str]]:
    """Yield each gap, each overlap and each rounding that nobody wrote, with its dotted place and what to do.

    A slab without an end and without ``outside`` is taken as it always was: what lies beyond it is refused in general
    words.
    """
    for number, line in enumerate(() if isinstance(fee, Unknown) else fee.lines):
        place = f"lines.{number}"
        try:
            kinds = {name: measured(text, scope) for name, text in sizes(line)}
        except FormulaError:
            continue  # told where it stands
        yield from _parts(line, place, kinds)
        if line.slab is not None:
            yield from _bands(f"{place}.slab.steps", line.slab.steps, kinds["slab"], open_ended=True)
        if line.matrix is not None:
            said = line.outside is not None
            yield from _bands(f"{place}.matrix.rows", line.matrix.rows, kinds["matrix.down"], open_ended=said)
            across = f"{place}.matrix.across.bands"
            yield from _bands(across, line.matrix.across.bands, kinds["matrix.across"], open_ended=said)


def _bands(place: str, bands: Sequence[Band], kind: str, *, open_ended: bool) -> Iterator[tuple[str, str, str]]:
    for number, message in faults(bands, counted=kind == "integer", open_ended=open_ended):
        mend = "let every size stand in one band; what lies outside all of them is refused in the words of outside:"
        yield f"{place}.{number}", message, mend


def _parts(line: Line, place: str, kinds: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    if line.each is not None and kinds["each"] == "decimal" and line.each.parts is None:
        mend = "write 'parts:' beside it: up (a part begun counts in full), down, nearest or exact"
        yield f"{place}.each", "nobody says what a part of one costs", mend
    exact = line.each is not None and kinds["each"] == "decimal" and line.each.parts == "exact"
    of_decimal = line.percentage is not None and kinds["percentage"] == "decimal"
    if (exact or of_decimal) and line.rounding is None:
        mend = "write 'rounding: {to: 1, way: up}' beside it: to how many rupees, and up, down or nearest"
        yield f"{place}.{'each' if exact else 'percentage'}", "the amount may come to a part of a paisa", mend
