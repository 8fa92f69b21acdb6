"""The skeleton of a new service from a few answers: it passes the check, and every gap in it is a visible to-do."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from janaseva.services.rules.pack import Pack

AREAS: Final = {
    "lgd-state": ("lgd-district", "District"),
    "pk-province": ("pk-district", "District"),
}
"""By the scheme of a pack's jurisdiction: the areas by which its offices are found first, and what they are called."""
_WORD: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One step of the way to the office: an area of this scheme is asked. ``area`` is any of them, for the examples."""

    key: str
    scheme: str
    label: str
    area: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewService:
    """What is asked before the first line is written.

    ``levels`` lead from the state to the areas of the offices that decide; where they are not known, it is by district.
    """

    key: str
    name: str
    department: str
    role: str
    office: str
    from_day: date
    levels: tuple[Level, ...] = ()


def suggested_key(pack: Pack, name: str) -> str:
    """Return the key that a name suggests, after the state's code in the pack's own key."""
    state = pack.key.partition("-")[0]
    return "-".join([state, *(word for word in _WORD.split(name.lower()) if word)])[:60].rstrip("-")


def skeleton(pack: Pack, new: NewService) -> dict[str, str]:
    """Return the files of a new service: who applies, one officer who decides, one certificate; the rest to find out.

    Raises:
        LookupError: where it is not known by which areas offices are found in this pack's country.

    """
    levels = new.levels or _by_district(pack)
    series = re.sub(r"[^A-Z0-9-]", "", new.key.upper())[:30]
    service = _SERVICE.format(
        key=new.key,
        name=_quoted(new.name),
        from_day=new.from_day.isoformat(),
        department=new.department,
        jurisdiction=pack.jurisdiction,
        areas=_asked(pack, levels),
        place=levels[-1].key,
        role=new.role,
        office=new.office,
        series=series,
        kind=new.key,
    )
    given = ", ".join(f'{level.key}: "{level.area}"' for level in levels)
    return {"service.yaml": service, "examples.yaml": _EXAMPLES.format(areas=given, today=new.from_day)}


def _by_district(pack: Pack) -> tuple[Level, ...]:
    scheme, label = AREAS[pack.jurisdiction.partition(":")[0]]
    return (Level(key="district", scheme=scheme, label=label, area=f"{scheme}:1"),)


def _asked(pack: Pack, levels: tuple[Level, ...]) -> str:
    """Return the fields that ask for the place, each within the one before it."""
    outer = [pack.jurisdiction, *(level.key for level in levels)]
    return "".join(
        _AREA.format(key=level.key, label=_quoted(level.label), scheme=level.scheme, within=within)
        for level, within in zip(levels, outer, strict=False)
    )


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_AREA: Final = """\
        - key: {key}
          kind: area
          label: {label}
          scheme: {scheme}
          within: {within}
"""

_SERVICE: Final = """\
# {key}: begun from the skeleton. Whatever stands after `unknown:` is still to be found out; never fill it by guessing.
key: {key}
version: 1
from: {from_day}

what:
  name: {name}
  summary: "What the citizen gets, in one sentence that the citizen understands."
  department: {department}
  laws: {{unknown: "The Act, rules or order under which the service is given"}}

who:
  coverage:
    areas: ["{jurisdiction}"]

ask:
  pages:
    - key: applicant
      title: The applicant
      fields:
        - key: applicant_name
          kind: name
          label: Name of the applicant
{areas}        - key: declared
          kind: declaration
          label: What I have stated is true to the best of my knowledge.
  documents: {{unknown: "Which papers prove what is asked, and which of them may stand for one another"}}

variants:
  - key: all
    title: Every application
    officer:
      role: {role}
      office: {office}
      place: {place}
      confidence: assumed
      note: The notification that names the designated officer is to be found

fee: {{unknown: "The order that fixes the fee"}}

limit:
  unknown: "The number of days that the notification gives"
  counts: calendar
  starts: receipt

appeal:
  first: {{unknown: "The first appellate authority and its days"}}
  second: {{unknown: "The second appellate authority and its days"}}

happens:
  steps:
    - key: decision
      title: Decision
      kind: decision
      role: "@officer"
      office: "@officer"
      ask_applicant: true
      moves:
        - {{key: approve, title: Approve, to: approved}}
        - {{key: refuse, title: Refuse, to: refused, needs: [reason, note]}}

out:
  certificate:
    title: {name}
    kind: {kind}
    series: {series}
    statement: "Certified that {{applicant_name}} ... (write the sentence that the certificate states)."
    holder: applicant_name
    facts:
      applicant_name: {{label: Name, value: applicant_name}}
    validity: {{unknown: "How long the certificate stays good"}}
  reasons:
    - {{key: not-proved, title: What the application states is not proved}}
"""

_EXAMPLES: Final = """\
# What must come out. `janaseva packs test` runs these on the rules alone, without a database.
- name: Granted
  today: {today}
  answers: {{applicant_name: Anita Kumar, {areas}, declared: true}}
  steps: [decision.approve]
  expect: {{faults: [], variant: all, fee: unknown, due: unknown, ends: approved, valid_until: unknown}}

- name: Refused
  like: Granted
  steps:
    - decision.refuse: not-proved
  expect: {{faults: [], ends: refused}}

- name: Nothing is declared
  like: Granted
  answers: {{applicant_name: null, declared: false}}
  expect: {{faults: [applicant_name needed, declared must_be_declared]}}
"""
