"""Real parts, for the tools that are tested against more than their documentation."""

import pytest


@pytest.fixture(scope="session")
def _aws_server():
    from tests.aws import Aws

    aws = Aws()
    yield aws
    aws.stop()


@pytest.fixture
def aws(_aws_server, settings):
    settings.ALLOW_PRIVATE_TARGETS = True
    _aws_server.reset()
    return _aws_server
