"""An independent scanner: decodes whatever it is given in every way it knows, and looks for the value in the result.

It shares nothing with the scrubber, which encodes the value; this decodes the output.
"""

import base64
import binascii
import gzip
import html
import json
import re
import urllib.parse
import zlib


def find(value: str, haystack: bytes) -> list[str]:
    """Returns the ways in which `value` can be got back from `haystack`; none is what is wanted."""
    found: list[str] = []
    needle = value.encode()
    for name, decoded in _views(haystack):
        if needle in decoded:
            found.append(name)
    return found


def _views(raw: bytes, depth: int = 2, seen: set[bytes] | None = None, name: str = "raw"):
    seen = set() if seen is None else seen
    if raw in seen:
        return
    seen.add(raw)
    yield name, raw
    if depth == 0:
        return
    for step, decoded in _decoded(raw):
        if decoded and decoded != raw:
            yield from _views(decoded, depth - 1, seen, f"{name}>{step}")


def _decoded(raw: bytes):
    text = raw.decode("latin-1")
    yield "percent", urllib.parse.unquote_to_bytes(raw)
    yield "html", html.unescape(text).encode("latin-1", errors="ignore")
    yield "json", re.sub(
        r"\\u([0-9a-fA-F]{4})|\\(.)",
        lambda m: chr(int(m[1], 16)) if m[1] else {"n": "\n", "t": "\t", "r": "\r"}.get(m[2], m[2]),
        text,
    ).encode("latin-1", errors="ignore")
    # Text in which every other byte is NUL, of either byte order.
    yield "utf16", raw.replace(b"\x00", b"")
    for run in re.findall(rb"[0-9a-fA-F]{24,}", raw):
        for start in (0, 1):
            part = run[start:]
            yield "hex", binascii.unhexlify(part[: len(part) // 2 * 2])
    # Every run of either alphabet, at each of the four places where a quantum can begin.
    for run in set(re.findall(rb"[A-Za-z0-9+/_-]{16,}", raw)):
        standard = run.replace(b"-", b"+").replace(b"_", b"/")
        for start in range(4):
            part = standard[start:]
            yield "base64", base64.b64decode(part[: len(part) // 4 * 4])
            tail = len(part) % 4
            if tail >= 2:
                yield "base64", base64.b64decode(part + b"=" * (4 - tail))
    for magic in (b"\x1f\x8b", b"\x78\x01", b"\x78\x9c", b"\x78\xda"):
        at = raw.find(magic)
        if at >= 0:
            try:
                yield "compressed", gzip.decompress(raw[at:]) if magic[0] == 0x1F else zlib.decompress(raw[at:])
            except (OSError, EOFError, zlib.error):
                pass


def encodings(value: str) -> dict[str, bytes]:
    """Encodes a value in the ways that a reply might: what the scanner must find, and what an upstream echoes."""
    raw = value.encode()
    return {
        "raw": raw,
        "base64": base64.b64encode(raw),
        "base64 shifted by 1": base64.b64encode(b"x" + raw),
        "base64 shifted by 2": base64.b64encode(b"xy" + raw),
        "base64url": base64.urlsafe_b64encode(raw).rstrip(b"="),
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        "percent": "".join(f"%{byte:02X}" for byte in raw).encode(),
        "percent, minimal": urllib.parse.quote(value, safe="").encode(),
        "json": json.dumps(value).encode(),
        "json, all escaped": "".join(f"\\u{ord(char):04x}" for char in value).encode(),
        "html decimal": "".join(f"&#{ord(char)};" for char in value).encode(),
        "html hex": "".join(f"&#x{ord(char):x};" for char in value).encode(),
        "utf-16le": value.encode("utf-16-le"),
        "utf-16be": value.encode("utf-16-be"),
    }


def self_test() -> None:
    """Shows that the scanner finds every encoding, and nothing where there is nothing."""
    value = "sk-Zq8Lw3Vx7Tn5Rb1Md9Hc4Kf6Jg2Yp0"
    for name, encoded in encodings(value).items():
        assert find(value, b'{"echo": "' + encoded + b'"}'), f"the scanner misses {name}"
    assert find(value, gzip.compress(value.encode())), "the scanner misses gzip"
    assert not find(value, b'{"echo": "[redacted]", "other": "sk-Zq8Lw3Vx7Tn5Rb1Md9Hc4Kf6Jg2Yp1"}')


if __name__ == "__main__":
    self_test()
    print("1 passed, 0 failed")
