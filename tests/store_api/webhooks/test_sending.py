"""The request itself: to the address that was looked at, encrypted for the name, and never past the wall."""

from __future__ import annotations

import datetime as dt
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from store_api.webhooks.sending import Limits, make_sender
from tests.store_api.webhooks.receiver import receiving

NAME = "hooks.example"


def write_certificate(folder: Path) -> Path:
    """A key and a certificate for the name, signed by itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    begin = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + dt.timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    form = serialization.PrivateFormat.PKCS8
    private = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path


@dataclass
class Secured:
    """An encrypted server on this machine: its port, its certificate, and the Host headers that it saw."""

    port: int
    certificate: Path
    hosts: list[str]


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[Secured]:
    """A server that speaks for the name alone."""
    hosts: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hosts.append(self.headers["Host"])
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            return

    path = write_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that does not trust it
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield Secured(server.server_port, path, hosts)
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_connection_goes_to_the_address_and_is_encrypted_for_the_name(
    secured: Secured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(secured.certificate))
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    sent = make_sender(Limits(5.0, True), resolve)(f"https://{NAME}:{secured.port}/in", {}, b"{}")
    assert (sent.status, sent.answer, sent.fault) == (200, "ok", None)
    assert secured.hosts == [f"{NAME}:{secured.port}"]
    assert asked == [NAME]
    other = make_sender(Limits(5.0, True), resolve)(f"https://other.example:{secured.port}/", {}, b"{}")
    assert (other.status, other.fault) == (None, "not_trusted")


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(secured: Secured) -> None:
    send = make_sender(Limits(5.0, True), lambda _host, _port: ["127.0.0.1"])
    assert send(f"https://{NAME}:{secured.port}/", {}, b"{}").fault == "not_trusted"
    assert secured.hosts == []


def test_this_machine_is_never_reached_unless_it_is_allowed() -> None:
    with receiving() as receiver:
        port = receiver.url.split(":")[2].split("/")[0]
        send = make_sender(Limits(2.0, False))
        assert send(receiver.url, {}, b"{}").fault == "address.not_https"
        assert send(f"https://127.0.0.1:{port}/", {}, b"{}").fault == "address.private"
        assert send(f"https://localhost:{port}/", {}, b"{}").fault == "address.private"
        assert receiver.got == []


def test_a_name_that_nobody_knows_and_a_port_that_nobody_has_are_faults_with_a_name() -> None:
    def resolve(_host: str, _port: int) -> list[str]:
        raise OSError("no such name")

    send = make_sender(Limits(2.0, True), resolve)
    assert send("https://nobody.example/", {}, b"{}").fault == "address.unknown_name"
    assert make_sender(Limits(2.0, True))("http://127.0.0.1:1/", {}, b"{}").fault == "refused"
