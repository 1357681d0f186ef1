"""Where a message may go: public addresses, and intranet partners on a list (F11, 4.8)."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from engine.errors import BadInputError, OfficeError

if TYPE_CHECKING:
    from collections.abc import Iterator

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LONGEST_URL = 2000
PUBLIC_PORTS = (443, 8443)
DEFAULT_PORTS = {"https": 443, "http": 80}

_NAT64 = IPv6Network("64:ff9b::/96")
_NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")  # RFC 8215: where the IPv4 part sits is not fixed
_COMPATIBLE = IPv6Network("::/96")
_RELAY = IPv4Network("192.88.99.0/24")  # 6to4 relays, withdrawn by RFC 7526
_ISATAP = (b"\x00\x00\x5e\xfe", b"\x02\x00\x5e\xfe")


class AddressRefusedError(OfficeError):
    """A message was to be sent to where the courier does not go."""

    code = "address_refused"


@dataclass(frozen=True)
class Target:
    """A partner's address in parts; `path` begins with a slash and holds the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def is_plain(self) -> bool:
        """True when nothing is encrypted."""
        return self.scheme == "http"


@dataclass(frozen=True)
class Reach:
    """Which addresses and ports the courier may connect to."""

    intranet: tuple[Network, ...] = ()
    ports: tuple[int, ...] = PUBLIC_PORTS

    @classmethod
    def parse(cls, networks: str) -> Reach:
        """From the setting: networks such as "10.20.0.0/16, 192.168.7.5", parted by commas.

        Raises:
            BadInputError: one of them is not a network.
        """
        try:
            return cls(
                tuple(ip_network(part.strip()) for part in networks.split(",") if part.strip())
            )
        except ValueError as cause:
            raise BadInputError(
                f"Expected networks such as 10.20.0.0/16 in MOTCUA_COURIER_INTRANET, but {cause}"
            ) from cause

    def check(self, address: Address, port: int, *, plain: bool) -> None:
        """Refuse an address that is neither public nor a listed partner's.

        Without encryption only listed networks are reached; a public one only at its usual ports.

        Raises:
            AddressRefusedError: the courier does not go there.
        """
        if self._is_listed(address):
            return
        if not is_public(address):
            raise AddressRefusedError(
                f"Expected a public address or one of MOTCUA_COURIER_INTRANET, but got {address}"
            )
        if plain:
            raise AddressRefusedError(
                f"Expected https, but {address} would be reached without encryption"
            )
        if port not in self.ports:
            raise AddressRefusedError(
                f"Expected port {' or '.join(map(str, self.ports))} of a public address, "
                f"but got {port}"
            )

    def _is_listed(self, address: Address) -> bool:
        inner = getattr(address, "ipv4_mapped", None) or address
        return any(inner.version == net.version and inner in net for net in self.intranet)


def read_target(url: str) -> Target:
    """Take a partner's address apart; where its host leads is checked at every connect.

    Raises:
        BadInputError: it is not an http(s) address in plain ASCII without a password.
    """
    try:
        if not url.isascii() or any(c <= " " or c in '\\"<>^`{|}\x7f' for c in url):
            raise ValueError("it holds letters that an address cannot have")  # noqa: TRY301
        if len(url) > LONGEST_URL:
            raise ValueError(f"it is longer than {LONGEST_URL} letters")  # noqa: TRY301
        parts = urlsplit(url)
        port = parts.port
    except ValueError as cause:
        raise BadInputError(f"Expected an address such as https://…, but {cause}") from cause
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise BadInputError(f"Expected an address such as https://…, but got {url[:80]!r}")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise BadInputError("Expected an address without a name, password or '#', but it has one")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(
        scheme=parts.scheme,
        host=parts.hostname,
        port=DEFAULT_PORTS[parts.scheme] if port is None else port,
        path=path,
    )


def is_public(address: Address) -> bool:
    """True when an address, and every address hidden in it, is one of the public internet."""
    return all(_is_public_itself(each) for each in _with_embedded(address))


def read_address(text: str) -> Address:
    """An address as the resolver gave it; a zone such as %eth0 makes it a local one.

    Raises:
        AddressRefusedError: it cannot be read.
    """
    try:
        return ip_address(text)
    except ValueError as cause:
        raise AddressRefusedError(f"Expected an address, but got {text!r}") from cause


def _with_embedded(address: Address) -> Iterator[Address]:
    yield address
    if isinstance(address, IPv4Address):
        return
    inner: list[IPv4Address | None] = [address.ipv4_mapped, address.sixtofour]
    inner += list(address.teredo or ())
    last = IPv4Address(address.packed[-4:])
    if address in _NAT64 or address in _COMPATIBLE or address.packed[8:12] in _ISATAP:
        inner.append(last)
    for each in inner:
        if each is not None:
            yield each


def _is_public_itself(address: Address) -> bool:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None or address in _NAT64:
            return True  # what is hidden in it decides
        if address.scope_id or address.is_site_local or address in _NAT64_LOCAL:
            return False
    elif address in _RELAY:
        return False
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not address.is_unspecified
        and not address.is_link_local
        and not address.is_loopback
    )
