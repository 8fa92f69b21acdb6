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
class NewService:
    """What is asked before the first line is written. ``district`` is any area of the scheme, for the examples."""

    key: str
    name: str
    department: str
    role: str
    office: str
    from_day: date
    district: str = ""


def suggested_key(pack: Pack, name: str) -> str:
    """Return the key that a name suggests, after the state's code in the pack's own key."""
    state = pack.key.partition("-")[0]
    return "-".join([state, *(word for word in _WORD.split(name.lower()) if word)])[:60].rstrip("-")


def skeleton(pack: Pack, new: NewService) -> dict[str, str]:
    """Return the files of a new service: who applies, one officer who decides, one certificate; the rest to find out.

    Raises:
        LookupError: where it is not known by which areas offices are found in this pack's country.

    """
    scheme = pack.jurisdiction.partition(":")[0]
    area_scheme, area_label = AREAS[scheme]
    series = re.sub(r"[^A-Z0-9-]", "", new.key.upper())[:30]
    service = _SERVICE.format(
        key=new.key,
        name=_quoted(new.name),
        from_day=new.from_day.isoformat(),
        department=new.department,
        jurisdiction=pack.jurisdiction,
        area_scheme=area_scheme,
        area_label=area_label,
        role=new.role,
        office=new.office,
        series=series,
        kind=new.key,
    )
    district = new.district or f"{area_scheme}:1"
    return {"service.yaml": service, "examples.yaml": _EXAMPLES.format(district=district, today=new.from_day)}


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


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
        - key: district
          kind: area
          label: {area_label}
          scheme: {area_scheme}
          within: {jurisdiction}
        - key: declared
          kind: declaration
          label: What I have stated is true to the best of my knowledge.
  documents: {{unknown: "Which papers prove what is asked, and which of them may stand for one another"}}

variants:
  - key: all
    title: Every application
    officer:
      role: {role}
      office: {office}
      place: district
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
  answers: {{applicant_name: Anita Kumar, district: "{district}", declared: true}}
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
