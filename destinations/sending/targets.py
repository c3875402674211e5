"""Which addresses may be sent to: public ones, unless the operator allows the others.

The check is made on the address that a connection is about to use, after the name was resolved,
so neither a DNS answer that changes nor a redirect nor an odd spelling of an address gets by it.
"""

import ipaddress
import socket

from django.conf import settings

from ..errors import InvalidSettings

# What Python's is_global leaves open and a server of ours has no business with.
ALSO_REFUSED = [
    ipaddress.ip_network("64:ff9b::/96"),  # NAT64: an IPv4 address in disguise
    ipaddress.ip_network("64:ff9b:1::/48"),
    ipaddress.ip_network("2002::/16"),  # 6to4, likewise
]


class RefusedTarget(OSError):
    """The target's address is not public."""

    def __init__(self, address: str):
        self.address = address
        super().__init__(f"{address} is not a public address")


def refused(error: RefusedTarget) -> InvalidSettings:
    """Return the reason that people see for a target that may not be sent to."""
    return InvalidSettings(
        f"{error.address} is a private address. Set ALLOW_PRIVATE_TARGETS=true to allow it.",
        code="PRIVATE_ADDRESS",
    )


def check(address: str) -> None:
    """Raise RefusedTarget unless `address` (text of an IP address) may be sent to."""
    if not settings.ALLOW_PRIVATE_TARGETS and not is_public(address):
        raise RefusedTarget(address)


def is_public(address: str) -> bool:
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    ip = getattr(ip, "ipv4_mapped", None) or ip
    refused = any(ip in network for network in ALSO_REFUSED if network.version == ip.version)
    return ip.is_global and not ip.is_multicast and not refused


def open_socket(address_info) -> socket.socket:
    """Make the socket for one resolved address: aiohttp's `socket_factory`."""
    family, kind, protocol, _, address = address_info
    check(address[0])
    return socket.socket(family, kind, protocol)


def connect(host: str, port: int, timeout: float | None) -> socket.socket:
    """Connect to the first address of `host` that may be sent to and answers."""
    problem: OSError = RefusedTarget(host)
    for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        try:
            check(address[0])
            return socket.create_connection(address[:2], timeout)
        except OSError as error:
            problem = error
    raise problem
