"""An upstream that does everything to give the credential back: raw sockets, so that no library is polite for it.

The path says what it does with the credential that a request carried; see `ECHOES` for the list.
"""

import gzip
import socket
import threading
import zlib
from dataclasses import dataclass, field
from typing import Callable

from variants import encodings


@dataclass
class Request:
    """What arrived, byte for byte and taken apart."""

    raw: bytes
    method: str
    target: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def header(self, name: str) -> str:
        """The first header of that name, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


class Listener:
    """Accepts connections on loopback and keeps every request."""

    def __init__(self, answer: Callable[[Request, socket.socket], None]) -> None:
        self.requests: list[Request] = []
        self.answer = answer
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.open = True
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while self.open:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(10)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            request = read_request(connection)
            if request:
                self.requests.append(request)
                self.answer(request, connection)
        except OSError:
            pass  # the broker may hang up at any time
        finally:
            connection.close()

    def close(self) -> None:
        """Stops listening."""
        self.open = False
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()


def read_request(connection: socket.socket) -> Request | None:
    """Reads one request with a body of the announced length."""
    raw = b""
    while b"\r\n\r\n" not in raw:
        more = connection.recv(65536)
        if not more:
            return None
        raw += more
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    request = Request(raw, method, target, headers)
    length = int(request.header("content-length") or 0)
    while len(body) < length:
        more = connection.recv(65536)
        if not more:
            break
        body += more
        request.raw += more
    request.body = body
    return request


def credential(request: Request) -> str:
    """What the request carried as `Authorization: Bearer`, or as `X-Api-Key`."""
    bearer = request.header("authorization")
    return bearer.removeprefix("Bearer ") if bearer else request.header("x-api-key")


def reply(status: str = "200 OK", headers: tuple = (), body: bytes = b"", framed: bool = True) -> bytes:
    """The bytes of a reply."""
    lines = [f"HTTP/1.1 {status}".encode("latin-1")]
    lines += [f"{name}: ".encode() + (value if isinstance(value, bytes) else value.encode()) for name, value in headers]
    if framed:
        lines.append(f"Content-Length: {len(body)}".encode())
    lines.append(b"Connection: close")
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def _chunked(connection: socket.socket, body: bytes, size: int, headers: tuple = (), trailers: bytes = b"") -> None:
    connection.sendall(reply(headers=(("Transfer-Encoding", "chunked"), *headers), framed=False))
    for start in range(0, len(body), size):
        part = body[start : start + size]
        connection.sendall(f"{len(part):x}\r\n".encode() + part + b"\r\n")
    connection.sendall(b"0\r\n" + trailers + b"\r\n")


def _echo_body(name: str):
    def answer(connection: socket.socket, value: str, other: str) -> None:
        kind = "application/json" if name.startswith("json") else "text/plain"
        body = b"before " + encodings(value)[name] + b" after"
        connection.sendall(reply(headers=(("Content-Type", kind),), body=body))

    return answer


def _echo_header(name: str):
    def answer(connection: socket.socket, value: str, other: str) -> None:
        connection.sendall(reply(headers=(("X-Echo", encodings(value)[name]),), body=b"see the header"))

    return answer


def _reason(connection, value, other) -> None:
    connection.sendall(reply(f"200 {value}", body=b"see the reason"))


def _header_name(connection, value, other) -> None:
    connection.sendall(reply(headers=((f"X-{value}", "1"),), body=b"see the name"))


def _cookie(connection, value, other) -> None:
    connection.sendall(reply(headers=(("Set-Cookie", f"key={value}; Path=/"), ("Set-Cookie", "b=2")), body=b"cookie"))


def _json_nested(connection, value, other) -> None:
    body = f'{{"a": [{{"deep": "{value}"}}], "{value}": 1, "n": 12345678901234567890}}'.encode()
    connection.sendall(reply(headers=(("Content-Type", "application/json"),), body=body))


def _gzip(connection, value, other) -> None:
    connection.sendall(reply(headers=(("Content-Encoding", "gzip"),), body=gzip.compress(f"key {value}".encode())))


def _gzip_twice(connection, value, other) -> None:
    body = gzip.compress(gzip.compress(f"key {value}".encode()))
    connection.sendall(reply(headers=(("Content-Encoding", "gzip, gzip"),), body=body))


def _deflate(connection, value, other) -> None:
    connection.sendall(reply(headers=(("Content-Encoding", "deflate"),), body=zlib.compress(f"key {value}".encode())))


def _gzip_unlabelled(connection, value, other) -> None:
    connection.sendall(reply(body=gzip.compress(f"key {value}".encode())))


def _gzip_broken(connection, value, other) -> None:
    body = gzip.compress(f"key {value} {'x' * 4000}".encode(), compresslevel=0)[:-12]
    connection.sendall(reply(headers=(("Content-Encoding", "gzip"),), body=body))


def _gzip_bomb(connection, value, other) -> None:
    body = gzip.compress(b"\0" * (64 << 20) + value.encode())
    connection.sendall(reply(headers=(("Content-Encoding", "gzip"),), body=body))


def _gzip_chunks(connection, value, other) -> None:
    _chunked(connection, gzip.compress(f"key {value}".encode()), 1, (("Content-Encoding", "gzip"),))


def _unknown_encoding(connection, value, other) -> None:
    connection.sendall(reply(headers=(("Content-Encoding", "rot13"),), body=f"key {value}".encode()))


def _chunks_of(size: int):
    def answer(connection: socket.socket, value: str, other: str) -> None:
        _chunked(connection, f"before {value} and {value}{value} after".encode(), size)

    return answer


def _base64_chunks(connection, value, other) -> None:
    _chunked(connection, b"before " + encodings(value)["base64 shifted by 1"] + b" after", 3)


def _slow_bytes(connection, value, other) -> None:
    whole = reply(headers=(("X-Echo", value),), body=f"key {value}".encode())
    for byte in whole:
        connection.sendall(bytes([byte]))


def _trailers(connection, value, other) -> None:
    trailer = f"X-Echo: {value}\r\n".encode()
    _chunked(connection, b"see the trailer", 4, (("Trailer", "X-Echo"),), trailer)


def _partial(connection, value, other) -> None:
    half = value[: len(value) // 2]
    connection.sendall(reply("206 Partial Content", (("Content-Range", "bytes 0-9/20"),), f"{half}".encode()))


def _early_hints(connection, value, other) -> None:
    hints = f"HTTP/1.1 103 Early Hints\r\nLink: </{value}>; rel=preload\r\n\r\n".encode()
    connection.sendall(hints + reply(body=b"hinted"))


def _error_page(connection, value, other) -> None:
    body = f"<h1>Invalid key</h1><p>{value} is not valid</p>".encode()
    connection.sendall(reply("401 Unauthorized", (("WWW-Authenticate", f'Bearer realm="{value}"'),), body))


def _cut_off(connection, value, other) -> None:
    connection.sendall(reply(headers=(("Content-Length", "1000"),), body=f"key {value}".encode(), framed=False))


def _no_length(connection, value, other) -> None:
    connection.sendall(reply(body=f"key {value}".encode(), framed=False))


def _garbage(connection, value, other) -> None:
    connection.sendall(f"{value} is not HTTP\r\n\r\n{value}".encode())


def _too_large(connection, value, other) -> None:
    connection.sendall(reply(body=b"x" * (2 << 20) + value.encode()))


def _redirect(status: str):
    def answer(connection: socket.socket, value: str, other: str) -> None:
        location = ("Location", f"{other}/stolen?key={value}")
        connection.sendall(reply(status, (location, ("Refresh", f"0; url={other}/refresh")), b"moved"))

    return answer


def _alternative(connection, value, other) -> None:
    port = other.rsplit(":", 1)[1]
    connection.sendall(reply(headers=(("Alt-Svc", f'h2="127.0.0.1:{port}"; ma=3600'),), body=b"go elsewhere"))


_IN_HEADERS = ("raw", "base64", "base64url", "hex", "HEX", "percent", "json", "html decimal")

# Path → what the upstream does. `other` is the address of a second listener, which must never hear anything.
ECHOES: dict[str, Callable] = {
    **{f"body-{name.replace(' ', '-').replace(',', '')}": _echo_body(name) for name in encodings("x")},
    **{f"header-{name.replace(' ', '-')}": _echo_header(name) for name in _IN_HEADERS},
    **{f"chunks-{size}": _chunks_of(size) for size in (1, 2, 3, 7, 16)},
    **{f"redirect-{status[:3]}": _redirect(status) for status in (
        "301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect",
    )},
    "reason": _reason,
    "header-name": _header_name,
    "cookie": _cookie,
    "json-nested": _json_nested,
    "gzip": _gzip,
    "gzip-twice": _gzip_twice,
    "gzip-unlabelled": _gzip_unlabelled,
    "gzip-broken": _gzip_broken,
    "gzip-bomb": _gzip_bomb,
    "gzip-chunks": _gzip_chunks,
    "deflate": _deflate,
    "unknown-encoding": _unknown_encoding,
    "base64-chunks": _base64_chunks,
    "slow-bytes": _slow_bytes,
    "trailers": _trailers,
    "partial": _partial,
    "early-hints": _early_hints,
    "error-page": _error_page,
    "cut-off": _cut_off,
    "no-length": _no_length,
    "garbage": _garbage,
    "too-large": _too_large,
    "alternative": _alternative,
}


class HostileUpstream:
    """The upstream and the second listener that it tries to send requests to."""

    def __init__(self, value: str) -> None:
        self.value = value
        self.second = Listener(lambda request, connection: connection.sendall(reply(body=b"thank you")))
        self.first = Listener(self._answer)
        self.url = self.first.url

    def _answer(self, request: Request, connection: socket.socket) -> None:
        name = request.target.split("?")[0].strip("/").split("/")[-1]
        if name in ECHOES:
            ECHOES[name](connection, credential(request), self.second.url)
        elif credential(request) == self.value:
            connection.sendall(reply(headers=(("Content-Type", "application/json"),), body=b'{"authorised": true}'))
        else:
            connection.sendall(reply("401 Unauthorized", body=b"no"))

    def close(self) -> None:
        """Stops both listeners."""
        self.first.close()
        self.second.close()
