#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""Writes quic-packets.tsv: datagrams of QUIC handshakes, each with a name, in hexadecimal.

Those whose names begin with rfc are the examples of RFC 9001 and RFC 9369, appendix A: the script
fails unless what it makes of their plain text begins and ends as they are printed there. Protection
is that of the Python package `cryptography`.
"""

import pathlib

from cryptography.hazmat.primitives import hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

V1, V2 = 0x00000001, 0x6B3343CF
SALT = {
    V1: bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a"),
    V2: bytes.fromhex("0dede3def700a6db819381be6e269dcbf9bd2ed9"),
}
CHOSEN = bytes.fromhex("8394c8f03e515708")
SERVER = bytes.fromhex("f067a5502a4262b5")
CLIENT_HELLO = bytes.fromhex(
    "010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c0000041301130201"
    "0000c000000010000e00000b6578616d706c652e636f6dff01000100000a00080006001d00170018001000070005"
    "04616c706e000500050100000000003300260024001d00209370b2c9caa47fbabaf4559fedba753de171fa71f50f"
    "1ce15d43e994ec74d748002b0003020304000d0010000e0403050306030203080408050806002d00020101001c00"
    "024001003900320408ffffffffffffffff05048000ffff07048000ffff0801100104800075300901100f088394c8"
    "f03e51570806048000ffff"
)
SERVER_HELLO = bytes.fromhex(
    "020000560303eefce7f7b37ba1d1632e96677825ddf73988cfc79825df566dc5430b9a045a1200130100002e0033"
    "0024001d00209d3c940d89690b84d08a60993c144eca684d1081287c834d5311bcf32bb9da1a002b00020304"
)
RETRY = "ff000000010008f067a5502a4262b5746f6b656e04a265ba2eff4d829058fb3f0f2496ba"


def expand(secret: bytes, label: str, count: int) -> bytes:
    name = b"tls13 " + label.encode()
    info = count.to_bytes(2, "big") + bytes([len(name)]) + name + b"\0"
    return HKDFExpand(SHA256(), count, info).derive(secret)


def initial(version: int, root: bytes, is_client: bool, payload: bytes, number: int, width: int,
            destination: bytes, source: bytes, token: bytes = b"", size: int = 0) -> bytes:
    """One Initial packet, padded to a size, under the keys that follow from `root`."""
    kind = 0 if version == V1 else 1
    fixed = bytes([0xC0 | kind << 4 | (width - 1)]) + version.to_bytes(4, "big")
    fixed += bytes([len(destination)]) + destination + bytes([len(source)]) + source
    fixed += bytes([len(token)]) + token
    payload = payload.ljust(size - len(fixed) - 2 - width - 16, b"\0")
    header = fixed + (0x4000 | (width + len(payload) + 16)).to_bytes(2, "big") + number.to_bytes(width, "big")

    mac = hmac.HMAC(SALT[version], SHA256())
    mac.update(root)
    secret = expand(mac.finalize(), "client in" if is_client else "server in", 32)
    label = "quic" if version == V1 else "quicv2"
    nonce = int.from_bytes(expand(secret, f"{label} iv", 12), "big") ^ number
    sealed = AESGCM(expand(secret, f"{label} key", 16)).encrypt(nonce.to_bytes(12, "big"), payload, header)
    cipher = Cipher(algorithms.AES(expand(secret, f"{label} hp", 16)), modes.ECB()).encryptor()
    mask = cipher.update(sealed[4 - width:20 - width])
    hidden = bytearray(header)
    hidden[0] ^= mask[0] & 0x0F
    for place in range(width):
        hidden[len(hidden) - width + place] ^= mask[1 + place]
    return bytes(hidden) + sealed


def crypto(offset: int, data: bytes) -> bytes:
    return b"\x06" + (0x4000 | offset).to_bytes(2, "big") + (0x4000 | len(data)).to_bytes(2, "big") + data


def close(code: int) -> bytes:
    return b"\x1c" + (0x4000 | code).to_bytes(2, "big") + b"\x06\x00"


def main() -> None:
    acknowledged = bytes.fromhex("0200000000")
    answer = acknowledged + bytes.fromhex("0600405a") + SERVER_HELLO
    offer = bytes.fromhex("060040f1") + CLIENT_HELLO
    packets = {}
    for name, version in (("v1", V1), ("v2", V2)):
        packets[f"rfc-{name}-client"] = initial(version, CHOSEN, True, offer, 2, 4, CHOSEN, b"", size=1200)
        packets[f"rfc-{name}-server"] = initial(version, CHOSEN, False, answer, 1, 2, b"", SERVER)
    packets["rfc-v1-retry"] = bytes.fromhex(RETRY)
    for name, start, end in (
        ("rfc-v1-client", "c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd768", "ab0856972e194cd934"),
        ("rfc-v1-server", "cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b", "cbc42158407dd074ee"),
        ("rfc-v2-client", "d76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb", "89cf772a9f84cbfc"),
        ("rfc-v2-server", "dc6b3343cf0008f067a5502a4262b5004075d92faaf16f05d8a4398c", "4bed8521e2e140"),
    ):
        text = packets[name].hex()
        assert text.startswith(start) and text.endswith(end), name

    # The ClientHello in pieces: over two packets, out of order, with an overlap.
    first = b"\x01" + crypto(150, CLIENT_HELLO[150:]) + b"\0\0" + crypto(0, CLIENT_HELLO[:40])
    second = b"\x02\x01\x00\x01\x00\x00\x00" + crypto(30, CLIENT_HELLO[30:100]) + crypto(100, CLIENT_HELLO[100:150])
    packets["split-1"] = initial(V1, CHOSEN, True, first, 0, 1, CHOSEN, b"", size=1200)
    packets["split-2"] = initial(V1, CHOSEN, True, second, 1, 1, CHOSEN, b"", size=1200)
    # After a Retry packet, keys follow from the identifier in it.
    brief = bytes.fromhex("1b036a11")
    packets["brief-retry"] = bytes.fromhex("ff000000010004") + brief + b"token" + bytes(range(16))
    packets["after-brief-retry"] = initial(V1, brief, True, offer, 3, 1, brief, b"", b"token", 1200)
    packets["server-after-brief-retry"] = initial(V1, brief, False, answer, 0, 1, b"", SERVER)
    packets["after-retry"] = initial(V1, SERVER, True, offer, 3, 1, SERVER, b"", b"token", 1200)
    packets["server-after-retry"] = initial(V1, SERVER, False, answer, 0, 1, b"", SERVER)
    # The server takes up a session: pre_shared_key, and lengths that are 6 longer.
    resumed = bytearray(SERVER_HELLO + bytes.fromhex("002900020000"))
    resumed[3] += 6
    resumed[43] += 6
    packets["server-resumed"] = initial(
        V1, CHOSEN, False, acknowledged + crypto(0, bytes(resumed)), 0, 1, b"", SERVER)
    packets["server-alert"] = initial(V1, CHOSEN, False, close(0x128), 0, 1, b"", SERVER)
    packets["server-refuses"] = initial(V1, CHOSEN, False, close(0x02), 0, 1, b"", SERVER)
    handshake = bytes.fromhex("e00000000100") + bytes([8]) + SERVER + (0x4000 | 40).to_bytes(2, "big") + bytes(range(40))
    packets["server-coalesced"] = packets["rfc-v1-server"] + handshake
    packets["server-handshake"] = handshake
    packets["negotiation"] = bytes.fromhex("8000000000") + b"\x00" + bytes([8]) + CHOSEN + bytes.fromhex("6b3343cf00000001")
    packets["client-short"] = b"\x5a" + SERVER + bytes(range(30))
    packets["client-too-short"] = packets["client-short"][:20]
    packets["server-short"] = b"\x4b" + bytes(range(30))

    path = pathlib.Path(__file__).with_name("quic-packets.tsv")
    lines = ["name\tdatagram"] + [f"{name}\t{packet.hex()}" for name, packet in packets.items()]
    path.write_text("\n".join(lines) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
