"""What a form takes from elsewhere must be there: services of the pack, their certificates' facts, registers."""

from dataclasses import replace

import pytest

from janaseva.services.rules.checking import check_pack
from tests.services.test_definition import PACKS

pytestmark = pytest.mark.once

COMMUNITY, INCOME, BIRTH = "kl-community-certificate", "kl-income-certificate", "kl-birth-registration"
HOUSE = "from: {certificate: kl-income-certificate, fact: house}"
PACK = PACKS.read("kl-edistrict")


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (HOUSE, HOUSE.replace("kl-income", "kl-incom"), "there is no service 'kl-incom-certificate'"),
        (HOUSE, HOUSE.replace("fact: house", "fact: hause"), "that certificate has no fact 'hause'"),
        (HOUSE, "from: {register: births, fact: house}", "no service of this pack writes into a register 'births'"),
        (HOUSE, "from: {fact: house}", "names either a certificate or a register"),
        (HOUSE, HOUSE.replace("fact:", "key: pin, fact:"), "'key' goes with 'register'"),
        ("issued: [kl-community-certificate]", "issued: [kl-comunity]", "there is no service 'kl-comunity'"),
        ("any_of: {parents:", "any_of: {issued:", "is the word for certificates issued here"),
    ],
)
def test_a_source_that_is_not_there_is_a_fault_at_its_line(before, after, says):
    content = PACK.services[COMMUNITY]["service.yaml"]
    assert before in content
    files = {**PACK.services[COMMUNITY], "service.yaml": content.replace(before, after)}
    pack = replace(PACK, services={COMMUNITY: files, INCOME: PACK.services[INCOME]})
    faults = [fault for fault in check_pack(pack).faults if says in fault.message]
    assert faults
    place = content.index(before)
    assert abs(faults[0].line - content[:place].count("\n") - 1) <= 2


def test_a_register_is_known_by_what_the_services_of_the_pack_write_into_it():
    content = PACK.services[COMMUNITY]["service.yaml"].replace(HOUSE, "from: {register: births, fact: house}")
    files = {**PACK.services[COMMUNITY], "service.yaml": content}
    pack = replace(PACK, services={COMMUNITY: files, INCOME: PACK.services[INCOME], BIRTH: PACK.services[BIRTH]})
    said = [fault.message for fault in check_pack(pack).faults]
    assert len(said) == 1
    assert "births" in said[0]
