"""Free ports: each is given away once, and a server may listen on it at once."""

from __future__ import annotations

import socket

from labelhub.embedded import ports


def test_no_port_is_given_away_twice():
    given = [ports.free_port() for _ in range(200)]

    assert len(set(given)) == 200


def test_a_server_may_listen_on_a_free_port_at_once():
    port = ports.free_port()

    with socket.create_server((ports.LOOPBACK, port)) as server:
        assert server.getsockname() == (ports.LOOPBACK, port)
