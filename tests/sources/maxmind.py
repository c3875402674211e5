"""A MaxMind file with one network in it, written by hand.

Format: https://maxmind.github.io/MaxMind-DB/ (read 2026-11-23): a binary tree over the bits of an
address, whose leaves point into data that follows it, and the metadata at the end.
"""

import ipaddress
import struct
from typing import NamedTuple

MARK = b"\xab\xcd\xefMaxMind.com"
SEPARATOR = bytes(16)


class Unsigned(NamedTuple):
    value: int
    size: int


def write_database(path, network, record):
    network = ipaddress.ip_network(network)
    bits = f"{int(network.network_address):032b}"[: network.prefixlen]
    nodes = len(bits)
    nothing, found = nodes, nodes + len(SEPARATOR)  # the record is the first of the data
    tree = b""
    for number, bit in enumerate(bits):
        onwards = number + 1 if number + 1 < nodes else found
        pair = (onwards, nothing) if bit == "0" else (nothing, onwards)
        tree += b"".join(struct.pack(">I", each) for each in pair)
    metadata = {
        "node_count": Unsigned(nodes, 4),
        "record_size": Unsigned(32, 2),
        "ip_version": Unsigned(4, 2),
        "database_type": "Test-City",
        "languages": ["en"],
        "binary_format_major_version": Unsigned(2, 2),
        "binary_format_minor_version": Unsigned(0, 2),
        "build_epoch": Unsigned(1, 8),
        "description": {"en": "test"},
    }
    path.write_bytes(tree + SEPARATOR + encode(record) + MARK + encode(metadata))
    return str(path)


def encode(value):
    if isinstance(value, dict):
        members = [encode(part) for member in value.items() for part in member]
        return control(7, len(value)) + b"".join(members)
    if isinstance(value, list):
        return control(11, len(value)) + b"".join(map(encode, value))
    if isinstance(value, str):
        return control(2, len(value.encode())) + value.encode()
    if isinstance(value, float):
        return control(3, 8) + struct.pack(">d", value)
    kind = {2: 5, 4: 6, 8: 9}[value.size]
    return control(kind, value.size) + value.value.to_bytes(value.size)


def control(kind, size):
    """Return the byte that says what follows; sizes stay below 29 here. Kinds over 7 need two."""
    assert size < 29
    return bytes([kind << 5 | size]) if kind <= 7 else bytes([size, kind - 7])
