"""AWS for tests: moto's server, what our requests do there, and what can be read back."""

from datetime import UTC, datetime

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.server import ThreadedMotoServer

from destinations.auth import sign_aws
from destinations.integration import Request
from destinations.sending import http
from tests.destinations.bench import translator_for

REGION = "eu-west-1"
KEYS = {"accessKeyId": "AKIAIOSFODNN7EXAMPLE", "secretAccessKey": "wJalrXUtnFEMI/K7MDENG"}


class Aws:
    """A region of one's own. `settings` lead a tool to it."""

    def __init__(self):
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._server.start()
        host, port = self._server.get_host_and_port()
        self.url = f"http://{host}:{port}"
        self.settings = {**KEYS, "endpoint": self.url}

    def stop(self):
        self._server.stop()

    def reset(self):
        http.call(Request("POST", f"{self.url}/moto-api/reset"))

    def ask(self, service, target="", body=None, *, method="POST", path="/", version="1.1"):
        """The answer to one signed request: AWS's JSON protocol when there is a target."""
        headers = {}
        if service == "iam":
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if target:
            headers = {"X-Amz-Target": target, "Content-Type": f"application/x-amz-json-{version}"}
        json = {"json": {} if body is None else body} if target else {"body": body}
        request = Request(method, self.url + path, headers, **json)
        response = http.call(sign_aws(request, KEYS, None, datetime.now(UTC), service, REGION))
        assert response.status < 300, response.body
        return response.json() if target else response

    def deliver(self, slug, action, events, mapping=None, **settings):
        """The outcomes of a batch of events (or of one, where there are no batches), sent here."""
        settings = {**self.settings, **settings}
        translator = translator_for(slug, action, mapping, **settings)
        payloads = [translator.payload(event) for event in events]
        talk = translator.requests(payloads, now=datetime.now(UTC), events=events)
        request, response = next(talk), None
        try:
            while True:
                check_signature(request)
                response = http.call(request)
                request = talk.send(response)
        except StopIteration as stop:
            return stop.value or translator.outcomes(response, payloads)


def check_signature(request):
    """Sign a request again with AWS's own library; the two have to agree."""
    headers = dict(request.headers)
    given = headers.pop("Authorization")
    _, region, service = given.split("Credential=")[1].split("/")[1:4][-3:]
    url, _, body = http.wire(request)
    again = AWSRequest(request.method, url, headers, body or b"")
    again.context["timestamp"] = headers["X-Amz-Date"]
    signer = S3SigV4Auth if service == "s3" else SigV4Auth
    signer = signer(Credentials(*KEYS.values()), service, region)
    text = signer.string_to_sign(again, signer.canonical_request(again))
    assert given.endswith(f"Signature={signer.signature(text, again)}")
