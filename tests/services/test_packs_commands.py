"""The definer's commands: begin a service, tell a difference, propose, publish, and write back what is published."""

import shutil
from datetime import date
from types import SimpleNamespace

import pytest
import time_machine
from click.testing import CliRunner

from janaseva.cli.loading import not_yet
from janaseva.cli.packs import command
from janaseva.cli.welcome import shown_sign_ins
from janaseva.people import queries as people
from janaseva.services import queries
from janaseva.services.adapters import PackFolder
from janaseva.services.rules.new import suggested_key
from janaseva.settings import OPTIONS
from tests.given import PACK, SERVICE, SYSTEM


def run(*words: str, typed: str = "", code: int = 0) -> str:
    result = CliRunner().invoke(command, list(words), input=typed, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture
def pack(tmp_path):
    """A copy of the pack with its one service, to be changed."""
    home = tmp_path / "packs" / PACK
    shutil.copytree(OPTIONS.packs_dir / PACK, home, ignore=lambda _, names: {n for n in names if n.startswith("kl-")})
    shutil.copytree(OPTIONS.packs_dir / PACK / "services" / SERVICE, home / "services" / SERVICE)
    return home


@pytest.mark.once
@pytest.mark.parametrize(
    ("pack_key", "office", "role"),
    [("kl-edistrict", "taluk_office", "tahsildar"), ("sd-services", "union_council", "union_council_secretary")],
)
def test_a_new_service_passes_the_check_apart_from_its_to_dos(tmp_path, pack_key, office, role):
    source = OPTIONS.packs_dir / pack_key
    home = tmp_path / pack_key
    shutil.copytree(source, home, ignore=lambda folder, names: names if folder.endswith("/services") else [])
    (home / "services").mkdir(exist_ok=True)
    department = "kl-revenue" if pack_key.startswith("kl") else "sd-revenue"
    words = ["--name", 'A "good" name: yes', "--department", department, "--role", role, "--office", office]
    run("new", str(home), *words, typed="\n")
    assert "0 faults" in run("check", str(home))
    assert "3 examples as written, 0 otherwise" in run("test", str(home))
    assert "subdistrict: " in next((home / "services").glob("*/examples.yaml")).read_text(), (
        "down to the office's place"
    )
    again = run("new", str(home), "--key", next((home / "services").iterdir()).name, *words, code=1)
    assert "there already" in again


@pytest.mark.once
def test_a_key_is_suggested_from_the_name():
    pack = queries.packs.Pack.model_construct(key="kl-edistrict")
    assert suggested_key(pack, "Licence: Cinema (No. 2)") == "kl-licence-cinema-no-2"


@pytest.mark.django_db
def test_from_files_to_a_published_version_and_back(given, pack, tmp_path):
    folder = pack / "services" / SERVICE
    text = (folder / "service.yaml").read_text(encoding="utf-8")
    text = text.replace("version: 1", "version: 2", 1).replace("from: 2026-01-01", "from: 2026-12-01", 1)
    (folder / "service.yaml").write_text(text, encoding="utf-8")
    with time_machine.travel(given.at, tick=False) as travel:

        def signed_in(role: str) -> tuple[str, str]:
            given.at = given.at.replace(minute=given.at.minute + 3)
            travel.move_to(given.at, tick=False)
            sign_ins = people.demonstration_sign_ins(SYSTEM, given.at)
            who = next(one for one in sign_ins if one.login == f"kl-{role}-it")
            return who.login, f"{who.password}\n{who.totp_now}\n"

        assert "version: 1 -> 2" in run("diff", str(folder), "--lines")
        login, typed = signed_in("definer")
        assert "second person" in run("propose", str(folder), "--by", login, "--words", "A new order.", typed=typed)
        login, typed = signed_in("publisher")
        assert "version 2 is published" in run("publish", SERVICE, "--by", login, "--yes", typed=typed)
        assert "no version" in run("publish", SERVICE, "--by", login, typed=signed_in("publisher")[1], code=1)
    run("export", "--to", str(tmp_path / "out"))
    written = PackFolder(tmp_path / "out").read(PACK).published(SERVICE)
    assert dict(written.files) == dict(queries.published_files(SERVICE).files)
    assert (tmp_path / "out" / PACK / "rights.yaml").exists()
    assert not list((tmp_path / "out" / PACK / "services").rglob("rights.yaml"))


@pytest.mark.once
def test_a_fault_of_what_a_pack_shares_is_told_once_where_it_stands_and_a_pack_may_begin_without_services(tmp_path):
    shutil.copytree(OPTIONS.packs_dir / "mp-edistrict", tmp_path / "mp-edistrict")
    rights = tmp_path / "mp-edistrict" / "rights.yaml"
    rights.write_text(rights.read_text(encoding="utf-8") + "third: {}\n", encoding="utf-8")
    told = run("check", str(tmp_path / "mp-edistrict"), code=1)
    assert told.count("'third' does not belong here") == 1
    assert "mp-edistrict/rights.yaml:" in told
    assert "services/mp-" not in told
    shutil.rmtree(tmp_path / "mp-edistrict" / "services")
    assert "0 services, 0 faults" in run("check", str(tmp_path / "mp-edistrict"))


@pytest.mark.once
def test_two_folders_are_told_apart(pack):
    old = OPTIONS.packs_dir / PACK / "services" / SERVICE
    new = pack / "services" / SERVICE
    assert "nothing differs" in run("diff", str(old), str(new))
    (new / "letter.typ").write_text("= A letter\n", encoding="utf-8")
    assert "letter.typ: letter.typ: added letter.typ" in run("diff", str(old), str(new))


@pytest.mark.once
def test_loading_tells_what_nobody_sees_yet():
    text = PackFolder(OPTIONS.packs_dir).read("model")
    assert not_yet(text, date(2026, 1, 1)) == []
    assert not_yet(text, date(2025, 12, 31))[0].startswith("mo-death-registration: begins on 2026-01-01")


@pytest.mark.once
def test_up_names_one_officer_a_role_also_in_a_state_without_the_usual_ones():
    def one(login, role):
        return SimpleNamespace(login=login, charges=(SimpleNamespace(post=SimpleNamespace(role=role)),))

    people_there = [one("kl-a", "tahsildar"), one("kl-b", "tahsildar"), one("kl-c", "taluk_clerk"),
                    one("up-a", "factory_clerk"), one("up-b", "factory_clerk")]  # fmt: skip
    assert [found.login for found, _ in shown_sign_ins(people_there)] == ["kl-a", "up-a"]
