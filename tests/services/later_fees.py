"""A service of which a second fee falls due after scrutiny: the text that tests publish."""

from janaseva.services.adapters import PackFolder
from janaseva.services.rules.definition import PublishedText
from janaseva.settings import OPTIONS

TEXT = PackFolder(OPTIONS.packs_dir).read("kl-edistrict").published("kl-building-permit")
STEPS = """happens:
  steps:
    - key: scrutiny
      title: Scrutiny
      kind: review
      role: "@officer"
      office: "@officer"
      moves:
        - key: demand
          title: Demand the fee
          to: demand
          finds:
            - {key: rooms, kind: integer, label: Rooms, at_least: 0, at_most: 100}
            - {key: land, kind: money, label: Value of the land, needed: false}
        - {key: against, title: Recommend a refusal, to: decision, recommends: refuse}
    - key: demand
      title: Permit fee
      kind: payment
      limit: {days: 15}
      clock: stands
      fee:
        law: Rule 9 of the Rules
        lines:
          - key: permit
            title: Permit fee, each room
            each: {of: found.rooms, rupees: 100}
            law: G.O. 9/2026
            waived:
              - {key: poor, title: Small houses, when: area_sqm < 60, law: G.O. 10}
          - {key: old, title: Old stamp, rupees: 5, until: 2026-03-31}
          - {key: new, title: New stamp, rupees: 7, from: 2026-04-01}
          - {key: land, title: Cess, percentage: {of: found.land, rate: 1}, when: given.found.land}
      moves:
        - {key: paid, title: The fee is paid, to: decision, fee: paid}
        - {key: not_paid, title: The fee was not paid, to: decision, fee: not_paid}
    - key: decision
      title: Decision of the officer
      kind: decision
      role: "@officer"
      office: "@officer"
      checklist:
        - {key: plan, title: The plan agrees with the rules}
        - {key: site, title: The site was seen}
      moves:
        - {key: approve, title: Approve, to: approved}
        - {key: again, title: Back to scrutiny, to: scrutiny, needs: [note]}
        - {key: refuse, title: Refuse, to: refused, needs: [reason, note]}

"""
WAY = """
- name: Paid after scrutiny
  like: A house in Adoor
  steps: [{move: scrutiny.demand, finds: {rooms: 3}}, demand.paid, decision.approve]
  expect: {ends: approved, demands: {demand: 305}, demand_lines: {demand: {permit: 300, old: 5}}}
"""


FEE = "fee:\n  unknown: The permit fee of the rules' schedule, by use and floor area\n"
FIRST = "fee:\n  lines: [{key: application, title: Application fee, rupees: 30}]\n"
AREA = "label: Floor area in square metres, at_least: 1, at_most: 1000000}\n"
STOREYS = "        - {key: storeys, kind: integer, label: Storeys, needed: false}\n"
LEAN = ("pack.yaml", "rights.yaml", "sources.yaml")


def service(*changes: tuple[str, str]) -> PublishedText:
    """Return the text with these words in place of those, in English alone."""
    content = TEXT.files["service.yaml"].replace(FEE, FIRST)
    assert content.count(FIRST) == 1
    begin, end = content.index("happens:\n"), content.index("\ngaps:\n")
    content = content[:begin].replace(AREA, AREA + STOREYS) + STEPS.rstrip("\n") + "\n" + content[end:]
    for before, after in changes:
        assert before in content, before
        content = content.replace(before, after, 1)
    return PublishedText(files={**{name: TEXT.files[name] for name in LEAN}, "service.yaml": content})
