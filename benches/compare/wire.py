"""PostgreSQL clients by the thousand: a small epoll loop over raw sockets that can log in with SCRAM-SHA-256, run a statement, and stay.

pgbench can't hold idle clients or count pure logins, and libpq spends 3 ms of PBKDF2 on each login; here the key is derived once per salt.
Protocol: PostgreSQL manual, chapter 55; SCRAM: RFC 5802 and RFC 7677.
"""
from __future__ import annotations

import base64
import hashlib
import hmac
import os
import select
import socket
import struct
import time
from collections import deque
from dataclasses import dataclass
from typing import Callable, Deque, Dict, List, Optional, Tuple


class WireError(Exception):
    """The other side said no, or something that isn't the protocol."""


@dataclass(frozen=True)
class Endpoint:
    """Where a client connects, and as whom."""

    port: int
    user: str
    password: str
    database: str
    host: str = "127.0.0.1"


def _hmac(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, "sha256")


class ScramKeys:
    """Client and server key of one password, derived once per salt and iteration count."""

    def __init__(self, password: str) -> None:
        self._password = password.encode()
        self._derived: Dict[Tuple[bytes, int], Tuple[bytes, bytes]] = {}

    def derive(self, salt: bytes, iterations: int) -> Tuple[bytes, bytes]:
        """(client key, server key)."""
        if (salt, iterations) not in self._derived:
            salted = hashlib.pbkdf2_hmac("sha256", self._password, salt, iterations)
            self._derived[salt, iterations] = (_hmac(salted, b"Client Key"), _hmac(salted, b"Server Key"))
        return self._derived[salt, iterations]


def scram_verifier(password: str, salt: bytes, iterations: int = 4096) -> str:
    """What PostgreSQL keeps in pg_authid for a password."""
    client, server = ScramKeys(password).derive(salt, iterations)
    stored = hashlib.sha256(client).digest()
    encode = lambda raw: base64.b64encode(raw).decode()  # noqa: E731
    return f"SCRAM-SHA-256${iterations}:{encode(salt)}${encode(stored)}:{encode(server)}"


def message(kind: bytes, body: bytes) -> bytes:
    """A frame: type, length that counts itself, body."""
    return kind + struct.pack("!I", len(body) + 4) + body


class Dialogue:
    """One client's side of the protocol, without a socket: bytes in, bytes out."""

    def __init__(self, endpoint: Endpoint, keys: ScramKeys) -> None:
        self._keys = keys
        self._unread = b""
        self._first_bare = b"n=,r=" + base64.b64encode(os.urandom(18))
        self._server_signature = b""
        self.ready = False
        self.rows = 0
        parameters = b"".join(
            name.encode() + b"\0" + value.encode() + b"\0" for name, value in (("user", endpoint.user), ("database", endpoint.database))
        )
        self.opening = message(b"", struct.pack("!I", 196608) + parameters + b"\0")

    def query(self, text: str) -> bytes:
        """A simple query; `ready` tells when it is done."""
        self.ready = False
        self.rows = 0
        return message(b"Q", text.encode() + b"\0")

    def feed(self, received: bytes) -> bytes:
        """Take bytes of the server and give those to send back."""
        data, answer, at = self._unread + received, b"", 0
        while len(data) - at >= 5:
            length = struct.unpack_from("!I", data, at + 1)[0]
            if len(data) - at < 1 + length:
                break
            answer += self._on_frame(data[at : at + 1], data[at + 5 : at + 1 + length])
            at += 1 + length
        self._unread = data[at:]
        return answer

    def _on_frame(self, kind: bytes, body: bytes) -> bytes:
        if kind == b"R":
            return self._on_authentication(struct.unpack_from("!I", body)[0], body[4:])
        if kind == b"E":
            fields = {field[:1]: field[1:].decode(errors="replace") for field in body.split(b"\0") if field}
            raise WireError(f"{fields.get(b'C', '?')}: {fields.get(b'M', '?')}")
        if kind == b"Z":
            self.ready = True
        elif kind == b"D":
            self.rows += 1
        return b""

    def _on_authentication(self, request: int, body: bytes) -> bytes:
        if request == 10:
            first = b"n,," + self._first_bare
            return message(b"p", b"SCRAM-SHA-256\0" + struct.pack("!I", len(first)) + first)
        if request == 11:
            return message(b"p", self._client_final(body))
        if request == 12:
            if body != b"v=" + base64.b64encode(self._server_signature):
                raise WireError("the server doesn't know the password")
            return b""
        if request == 0:
            return b""
        raise WireError(f"authentication request {request} instead of SCRAM-SHA-256")

    def _client_final(self, server_first: bytes) -> bytes:
        fields = dict(part.split(b"=", 1) for part in server_first.split(b","))
        client_key, server_key = self._keys.derive(base64.b64decode(fields[b"s"]), int(fields[b"i"]))
        without_proof = b"c=biws,r=" + fields[b"r"]
        signed = self._first_bare + b"," + server_first + b"," + without_proof
        signature = _hmac(hashlib.sha256(client_key).digest(), signed)
        self._server_signature = _hmac(server_key, signed)
        proof = bytes(a ^ b for a, b in zip(client_key, signature))
        return without_proof + b",p=" + base64.b64encode(proof)


TERMINATE = message(b"X", b"")


class Client:
    """A dialogue on a socket."""

    __slots__ = ("socket", "dialogue", "began", "unsent")

    def __init__(self, endpoint: Endpoint, keys: ScramKeys) -> None:
        self.dialogue = Dialogue(endpoint, keys)
        self.unsent = self.dialogue.opening
        self.began = time.monotonic()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        try:
            self.socket.connect((endpoint.host, endpoint.port))
        except BlockingIOError:
            pass

    def close(self) -> None:
        """Say goodbye, as libpq does."""
        try:
            self.socket.send(TERMINATE)
        except OSError:
            pass
        self.socket.close()


class Swarm:
    """Many clients in one epoll loop."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.keys = ScramKeys(endpoint.password)
        self.clients: List[Client] = []
        self._poll = select.epoll()
        self._by_descriptor: Dict[int, Client] = {}

    def __enter__(self) -> "Swarm":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self, count: int, at_once: int = 32) -> None:
        """Add so many authenticated clients."""
        busy, missing = 0, count
        while busy or missing:
            while missing and busy < at_once:
                self._connect()
                busy, missing = busy + 1, missing - 1
            for client in self._step():
                self.clients.append(client)
                busy -= 1

    def query_each(self, text: str, at_once: int = 8, rows: int = 1) -> None:
        """Let every client run a statement, a few at a time."""
        waiting: Deque[Client] = deque(self.clients)
        busy = 0
        while busy or waiting:
            while waiting and busy < at_once:
                client = waiting.popleft()
                client.unsent = client.dialogue.query(text)
                self._poll.modify(client.socket, select.EPOLLOUT)
                busy += 1
            for client in self._step():
                busy -= 1
                if client.dialogue.rows != rows:
                    raise WireError(f"{client.dialogue.rows} rows instead of {rows}")

    def logins(self, at_once: int, until: Callable[[], bool], done: Callable[[float], None]) -> None:
        """Log in and leave, again and again, `at_once` at a time; `done` hears how long each login took."""
        busy = 0
        while busy or not until():
            while busy < at_once and not until():
                self._connect()
                busy += 1
            for client in self._step():
                done(time.monotonic() - client.began)
                self._forget(client)
                busy -= 1

    def lost(self) -> int:
        """How many clients the other side has closed or written to although they are idle."""
        return sum(1 for _, events in self._poll.poll(0, max(len(self._by_descriptor), 1)) if events & (select.EPOLLIN | select.EPOLLHUP))

    def close(self) -> None:
        """All leave."""
        for client in list(self._by_descriptor.values()):
            self._forget(client)
        self.clients.clear()

    def _connect(self) -> None:
        client = Client(self.endpoint, self.keys)
        self._by_descriptor[client.socket.fileno()] = client
        self._poll.register(client.socket, select.EPOLLOUT)

    def _forget(self, client: Client) -> None:
        del self._by_descriptor[client.socket.fileno()]
        client.close()

    def _step(self, patience: float = 30.0) -> List[Client]:
        """Wait for events once; the clients that became ready by them."""
        events = self._poll.poll(patience, 1024)
        if not events:
            raise WireError(f"no answer within {patience:.0f} s")
        finished = []
        for descriptor, _mask in events:
            client = self._by_descriptor[descriptor]
            if self._advance(client):
                finished.append(client)
        return finished

    def _advance(self, client: Client) -> bool:
        if client.unsent:
            failure = client.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if failure:
                raise OSError(failure, os.strerror(failure))
            client.socket.send(client.unsent)  # a few hundred bytes at most: they fit
            client.unsent = b""
            self._poll.modify(client.socket, select.EPOLLIN)
            return False
        received = client.socket.recv(65536)
        if not received:
            raise WireError("the connection was closed")
        answer = client.dialogue.feed(received)
        if answer:
            client.socket.send(answer)
        return client.dialogue.ready


def answers(endpoint: Endpoint) -> Optional[str]:
    """None if a login and a statement work there, else why not."""
    try:
        with Swarm(endpoint) as swarm:
            swarm.open(1)
            swarm.query_each("SELECT 1")
        return None
    except (OSError, WireError) as error:
        return str(error)
