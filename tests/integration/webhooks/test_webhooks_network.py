"""One exchange with a hostile host: nothing internal is met, nothing is followed, all ends."""

from __future__ import annotations

import gzip
import ssl
from typing import TYPE_CHECKING

import pytest
from hostile import (
    door,
    dripping_body,
    dripping_head,
    endless_headers,
    gigabyte,
    silent,
)

from tests.partners import Came, Reply, partner
from webhooks.address import Reach, read_target
from webhooks.guard import resolve
from webhooks.post import LARGEST_ANSWER, Answer, Postman, trusted

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Reach.parse("127.0.0.0/8")
TRUSTED = trusted()  # reading the authorities takes longer than an exchange

HOSTILE_HOSTS = (
    *("127.0.0.1", "127.1", "127.0.1", "127.8.8.8", "2130706433", "0x7f000001", "0x7f.1"),
    *("0x7f.0x0.0x0.0x1", "017700000001", "0177.0.0.1", "0", "0.0.0.0", "0x0", "localhost"),
    *("LOCALHOST", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"),
    *("[::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]"),
    *("[2001:0:7f00:1::]", "[2001:0:4136:e378:8000:63bf:80ff:fffe]", "[fe80::1]", "[fec0::1]"),
    *("[fd00::1]", "[ff02::1]", "[2606:4700::5efe:7f00:1]", "169.254.169.254", "10.0.0.1"),
    *("172.16.0.1", "192.168.0.1", "100.64.0.1", "224.0.0.1", "255.255.255.255"),
)
HOSTILE_NAMES = {
    "loopback.example": ["127.0.0.1"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "one-of-two.example": ["127.0.0.1", "8.8.8.8"],
    "second-of-two.example": ["8.8.8.8", "127.0.0.1"],
    "nat64.example": ["64:ff9b::7f00:1"],
    "zone.example": ["fe80::1%lo"],
}


def _resolver(host: str, port: int) -> list[str]:
    return HOSTILE_NAMES.get(host) or resolve(host, port)


def _post(url: str, reach: Reach, *, seconds: float = 20.0) -> Answer:
    postman = Postman(
        read_target(url),
        reach,
        certificates=TRUSTED,
        total_seconds=seconds,
        resolver=_resolver,
    )
    try:
        return postman.post(b"{}", {"webhook-id": "evt_1_a"})
    finally:
        postman.close()


def test_forty_hostile_addresses_get_no_connection() -> None:
    hosts = [*HOSTILE_HOSTS, *HOSTILE_NAMES]
    assert len(hosts) >= 40
    with door() as here:
        reach = Reach(ports=(here.port,))  # so that it is the address that is refused
        for scheme in ("https", "http"):
            for host in hosts:
                answer = _post(f"{scheme}://{host}:{here.port}/", reach)
                assert answer.status is None
                assert answer.error is not None
                # where the machine's resolver does not read a form, nobody can be reached by it
                refused = answer.error.startswith("address_refused")
                assert refused or "was not resolved" in answer.error, (host, answer.error)
        assert here.came == []
        here.knock()  # and the door was open all the time
        assert len(here.came) == 1


def test_the_forms_of_loopback_are_refused_for_where_they_lead() -> None:
    for host in ("127.0.0.1", "2130706433", "0x7f.1", "127.1", "localhost", "[::ffff:127.0.0.1]"):
        answer = _post(f"https://{host}:443/", Reach())
        assert answer.error is not None
        assert answer.error.startswith("address_refused"), (host, answer.error)


def test_a_listed_partner_is_reached_where_a_stranger_is_not() -> None:
    with partner() as there:
        assert _post(there.url, HERE).is_success
        assert _post(there.url, Reach()).status is None
        assert len(there.came) == 1


def test_a_name_that_changes_its_answer_leads_nowhere_else() -> None:
    answers = [["127.0.0.2"], ["127.0.0.1"], ["127.0.0.1"]]

    def changing(_host: str, _port: int) -> list[str]:
        return answers.pop(0)

    with door(silent) as here:
        reach = Reach.parse("127.0.0.2")
        target = read_target(f"http://rebinding.example:{here.port}/")
        for _ in range(3):
            Postman(target, reach, total_seconds=0.5, resolver=changing).post(b"{}", {})
        assert here.came in (["127.0.0.2"], ["::ffff:127.0.0.2"])
    assert answers == []  # each connect asked once, and went where its own answer was checked


def test_a_redirect_is_an_answer_not_a_way() -> None:
    with (
        partner() as inside,
        partner(lambda _: Reply(307, {"Location": inside.url + "/secret"})) as outside,
    ):
        answer = _post(outside.url, HERE)
        assert answer.status == 307
        assert not answer.is_success
        assert inside.came == []


def test_the_environments_proxy_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with partner() as proxy, partner() as there:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert _post(there.url, HERE).is_success
        assert proxy.came == []


@pytest.mark.parametrize("serve", [dripping_head, silent])
def test_a_host_that_drips_meets_one_deadline_for_all(serve: Callable[..., None]) -> None:
    # it would never end by itself: each single read is answered in time
    with door(serve) as here:
        answer = _post(f"http://127.0.0.1:{here.port}/", HERE, seconds=1.0)
    assert answer.status is None
    assert answer.error is not None
    assert "ReadTimeout" in answer.error


def test_a_dripping_body_does_not_undo_the_receipt() -> None:
    with door(dripping_body) as here:
        answer = _post(f"http://127.0.0.1:{here.port}/", HERE, seconds=1.0)
    assert answer.is_success


def test_headers_without_end_are_cut() -> None:
    with door(endless_headers) as here:
        answer = _post(f"http://127.0.0.1:{here.port}/", HERE)
    assert answer.status is None


def test_of_a_gigabyte_64_kilobytes_are_read() -> None:
    sent: list[int] = []
    with door(gigabyte(sent)) as here:
        answer = _post(f"http://127.0.0.1:{here.port}/", HERE)
    assert answer.status == 200
    assert len(answer.body) == LARGEST_ANSWER
    assert sum(sent) < 64 << 20  # what the two sockets hold, no more


def test_a_gzip_bomb_stays_packed() -> None:
    bomb = gzip.compress(bytes(32 << 20), compresslevel=1)
    assert len(bomb) > LARGEST_ANSWER
    with partner(lambda _: Reply(200, {"Content-Encoding": "gzip"}, bomb)) as there:
        answer = _post(there.url, HERE)
    assert answer.body == bomb[:LARGEST_ANSWER]


def test_a_resolver_that_never_answers_is_left() -> None:
    import threading

    never = threading.Event()

    def stuck(_host: str, _port: int) -> list[str]:
        never.wait()
        return []

    postman = Postman(read_target("https://a.example/"), HERE, total_seconds=0.3, resolver=stuck)
    answer = postman.post(b"{}", {})
    never.set()
    assert answer.error is not None
    assert "not resolved in time" in answer.error


def test_a_certificate_is_asked_for_and_must_be_of_the_name() -> None:
    context = trusted()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    with partner() as plain:
        answer = _post(plain.url.replace("http:", "https:"), HERE)
        assert answer.status is None
        assert plain.came == []


def test_the_connection_is_kept_between_messages() -> None:
    seen: list[str] = []

    def answer(came: Came) -> Reply:
        seen.append(came.id)
        return Reply()

    with partner(answer) as there:
        asked: list[str] = []

        def counting(host: str, port: int) -> list[str]:
            asked.append(host)
            return resolve(host, port)

        postman = Postman(read_target(there.url), HERE, resolver=counting)
        for number in range(20):
            assert postman.post(b"{}", {"webhook-id": str(number)}).is_success
        postman.close()
    assert len(seen) == 20
    assert len(asked) == 1


def test_a_path_below_the_partners_address_is_joined_by_one_slash() -> None:
    with partner() as there:
        for url, below, path in (
            ("/api/", "/x", "/api/x"),
            ("/api", "/x", "/api/x"),
            ("", "/x", "/x"),
            ("/api/", "", "/api/"),
            ("/api?key=1", "", "/api?key=1"),
        ):
            postman = Postman(read_target(there.url + url), HERE)
            assert postman.post(b"{}", {}, below=below).is_success
            postman.close()
            assert there.came[-1].path == path
