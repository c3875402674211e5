"""A tool with a consent page in the catalogue, and a destination that is not connected yet."""

import pytest

from destinations import catalog, control

from ..consenting import CLIENT, ConsentingTool, parcelpost


@pytest.fixture(autouse=True)
def _operator(settings):
    settings.ALLOW_PRIVATE_TARGETS = True
    settings.PUBLIC_URL = "http://testserver"


@pytest.fixture
def tool():
    tool = ConsentingTool()
    yield tool
    tool.close()


@pytest.fixture
def define(tool, monkeypatch):
    """Have Parcelpost in the catalogue, with these options of its OAuth2."""

    def define(**options):
        known = {**catalog.integrations(), "parcelpost": parcelpost(tool, **options)}
        monkeypatch.setattr(catalog, "integrations", lambda: known)

    define()
    return define


@pytest.fixture
def destination(workspace, source, define):
    destination = control.create(workspace, "parcelpost", "pp", "Our post", CLIENT, [source])
    control.switch_on(destination)
    return destination


@pytest.fixture
def as_editor(client, editor, destination):
    client.force_login(editor)
    return client
