"""A process as a picture in data: nodes, arrows and limits, to be drawn elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from janaseva.workflow.rules.lapse import LAPSED, lapse_steps
from janaseva.workflow.rules.limit import Limit
from janaseva.workflow.rules.parts import Branch, Report
from janaseva.workflow.rules.process import OUTCOMES, Process, Step

NodeKind = Literal[
    "start",
    "decision",
    "enquiry",
    "review",
    "hearing",
    "wait",
    "automatic",
    "parallel",
    "clearance",
    "payment",
    "report",
    "branch",
    "applicant",
    "end",
]
ArrowKind = Literal["start", "move", "back", "time", "rule", "join", "ask", "answer"]

BY_ITSELF: Final[Mapping[str, ArrowKind]] = {
    "wait": "time",
    "automatic": "rule",
    "parallel": "join",
    "clearance": "join",
    "payment": "time",
}
"""How the ways out of a step are drawn which nobody chooses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A place in the picture. ``title`` is empty for the start, for the applicant and for ends: they have own words."""

    key: str
    kind: NodeKind
    title: Mapping[str, str]
    role: str = ""
    office: str = ""
    limit: Limit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """A way from one node to another. ``back`` leads to a step that stands earlier in the text."""

    source: str
    target: str
    kind: ArrowKind
    title: Mapping[str, str]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """All nodes in reading order, all arrows, and the limit of the whole."""

    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
    limit: Limit | None


def picture(process: Process) -> Picture:
    """Return the process as nodes and arrows; reports and the applicant appear where a step may turn to them."""
    nodes = [Node(key="start", kind="start", title={})]
    arrows = [Arrow(source="start", target=process.first, kind="start", title={})]
    order = {step.key: index for index, step in enumerate(process.steps)}
    for step in process.steps:
        nodes.append(_node(step))
        arrows.extend(_ways(step, order))
        sides: list[tuple[NodeKind, Report | Branch]] = [("report", one) for one in step.reports]
        sides += [("branch", one) for one in (*step.branches, *step.joint)]
        for side, report in sides:
            key = f"{step.key}/{report.key}"
            nodes.append(
                Node(
                    key=key,
                    kind=side,
                    title=report.title,
                    role=report.role,
                    office=report.office,
                    limit=report.limit,
                )
            )
            arrows.append(Arrow(source=step.key, target=key, kind="ask", title={}))
            arrows.append(Arrow(source=key, target=step.key, kind="answer", title={}))
    if any(step.ask_applicant for step in process.steps):
        nodes.append(Node(key="applicant", kind="applicant", title={}))
    arrows.extend(_lapses(process))
    targets = {arrow.target for arrow in arrows}
    nodes.extend(Node(key=key, kind="end", title={}) for key in OUTCOMES if key in targets)
    return Picture(nodes=tuple(nodes), arrows=tuple(arrows), limit=process.limit)


def _node(step: Step) -> Node:
    return Node(
        key=step.key,
        kind=step.kind,
        title=step.title,
        role=step.role or "",
        office=step.office or "",
        limit=step.limit,
    )


def _lapses(process: Process) -> list[Arrow]:
    return [
        Arrow(source=step.key, target=LAPSED, kind="time", title=lapse.title)
        for lapse in process.lapses
        for step in process.steps
        if step.key in lapse_steps(process, lapse)
    ]


def _ways(step: Step, order: Mapping[str, int]) -> list[Arrow]:
    arrows = []
    for move in step.moves:
        kind: ArrowKind = "move"
        if step.by_itself:
            kind = BY_ITSELF[step.kind]
        elif order.get(move.to, len(order)) <= order[step.key]:
            kind = "back"
        arrows.append(Arrow(source=step.key, target=move.to, kind=kind, title=move.title, needs=move.needs))
    if step.ask_applicant:
        arrows.append(Arrow(source=step.key, target="applicant", kind="ask", title={}))
        arrows.append(Arrow(source="applicant", target=step.key, kind="answer", title={}))
    return arrows
