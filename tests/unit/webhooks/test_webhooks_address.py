"""Where the courier goes: public addresses, listed partners, nowhere else (F11, 4.8)."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from engine.errors import BadInputError
from webhooks.address import AddressRefusedError, Reach, is_public, read_target

INTERNAL = (
    *("127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1"),
    *("169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "203.0.113.5"),
    *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "192.88.99.1"),
    *("::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "fe80::1", "fe80::1%eth0"),
    *("fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "2001:db8::1", "100::1"),
    *(
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::7f00:1",
        "2002:7f00:1::",
        "2002:a00:1::1",
    ),
    "2001:0:7f00:1::ffff:ffff",  # Teredo: a server at loopback
    "2001:0:4136:e378:8000:63bf:80ff:fffe",  # Teredo: a client at loopback
    *("2606:4700::5efe:7f00:1", "2606:4700::200:5efe:a00:1"),  # ISATAP
)
PUBLIC = ("8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808")


@pytest.mark.parametrize("text", INTERNAL)
def test_an_internal_address_is_not_public_however_it_is_written(text: str) -> None:
    assert not is_public(ip_address(text))
    with pytest.raises(AddressRefusedError):
        Reach().check(ip_address(text), 443, plain=False)


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_is_reached_by_https_at_its_usual_ports_only(text: str) -> None:
    Reach().check(ip_address(text), 443, plain=False)
    with pytest.raises(AddressRefusedError, match="https"):
        Reach().check(ip_address(text), 443, plain=True)
    with pytest.raises(AddressRefusedError, match="port"):
        Reach().check(ip_address(text), 22, plain=False)


def test_a_listed_partner_is_reached_and_its_neighbour_is_not() -> None:
    reach = Reach.parse("10.20.0.0/16, fd00:7::/32")
    reach.check(ip_address("10.20.3.4"), 8080, plain=True)
    reach.check(ip_address("::ffff:10.20.3.4"), 443, plain=False)
    reach.check(ip_address("fd00:7::9"), 443, plain=False)
    for neighbour in ("10.21.0.1", "fd00:8::1", "127.0.0.1"):
        with pytest.raises(AddressRefusedError):
            reach.check(ip_address(neighbour), 443, plain=False)


@pytest.mark.parametrize("text", ["10.20.0.0/33", "tinh.local", "10.20.0.1/16"])
def test_a_list_of_partners_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadInputError, match="MOTCUA_COURIER_INTRANET"):
        Reach.parse(text)


@pytest.mark.parametrize(
    "url",
    [
        *("", "https://", "ftp://a", "file:///etc/passwd", "gopher://a", "//a", "javascript:1"),
        *("https://u:p@a/", "https://u@a/", "https://a#b", "https://a b/", "https://a\n/"),
        *("https://á.vn/", "https://a:99999/", "https://a:x/", "https://[::1", "https://a\\@b/"),
        "https://a/" + "x" * 2000,
    ],
)
def test_an_address_that_is_none_is_refused_when_it_is_entered(url: str) -> None:
    with pytest.raises(BadInputError):
        read_target(url)


def test_an_address_is_taken_apart() -> None:
    target = read_target("https://Lgsp.Tinh.VN/hook?x=1")
    assert (target.host, target.port, target.path) == ("lgsp.tinh.vn", 443, "/hook?x=1")
    assert read_target("http://[fd00::1]:8080").path == "/"
