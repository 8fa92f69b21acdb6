"""`janaseva packs preview`: the form of files on disk, to this machine alone, read anew for every page."""

import shutil

import pytest
from django.test import RequestFactory

from janaseva.cli.packs_preview import application
from janaseva.settings import OPTIONS
from tests.given import PACK, SERVICE

pytestmark = [pytest.mark.django_db, pytest.mark.once]
HOST = "127.0.0.1:8010"


@pytest.fixture
def folder(tmp_path):
    source = OPTIONS.packs_dir / PACK
    home = tmp_path / PACK
    shutil.copytree(source, home, ignore=lambda at, names: names if at.endswith("/services") else [])
    shutil.copytree(source / "services" / SERVICE, home / "services" / SERVICE)
    return home / "services" / SERVICE


def asked(folder, request):
    told = {}

    def start(status, headers):
        told.update(status=int(status.split()[0]), **dict(headers))

    body = b"".join(application(folder, language="ur", port=8010)(request.environ, start))
    return told, body.decode()


def test_files_on_disk_are_previewed_as_they_stand_now(folder):
    requests = RequestFactory(headers={"Host": HOST})
    told, page = asked(folder, requests.get("/"))
    assert told["status"] == 200
    assert "frame-ancestors 'none'" in told["Content-Security-Policy"]
    assert '<html lang="ur" dir="rtl"' in page
    told, page = asked(folder, requests.post("/?in=en", {"_page": "purpose", "_shown": "purpose"}))
    assert told["status"] == 422
    assert 'class="error-summary"' in page
    service = folder / "service.yaml"
    service.write_text(service.read_text(encoding="utf-8").replace("fee:", "fee:\n  bogus: 1", 1), encoding="utf-8")
    assert "The form cannot be shown yet" in asked(folder, requests.get("/?in=en"))[1]
    (folder.parent.parent / "pack.yaml").write_text("key: [", encoding="utf-8")
    assert asked(folder, requests.get("/"))[0]["status"] == 422


def test_nobody_else_is_answered(folder):
    assert asked(folder, RequestFactory(headers={"Host": "elsewhere.example"}).get("/"))[0]["status"] == 403
    here = RequestFactory(headers={"Host": HOST})
    assert asked(folder, here.get("/desk/"))[0]["status"] == 302
    large = here.post("/", {"applicant_name": "x"})
    large.environ["CONTENT_LENGTH"] = str(10**7)
    assert asked(folder, large)[0]["status"] == 413
