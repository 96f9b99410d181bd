"""TCP ports on this machine."""

from __future__ import annotations

import errno
import socket

from labelhub.embedded.refusal import Refusal

LOOPBACK = "127.0.0.1"


def free_port(host: str = LOOPBACK) -> int:
    """
    Return a port that nobody listens on, and that nobody else is given for a minute.

    A connection that was made and closed keeps the port from whoever asks for any port, while a
    server that names it (with SO_REUSEADDR, as servers do) may listen on it at once.
    """
    with socket.socket() as probe, socket.socket() as caller:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, 0))
        probe.listen(1)
        caller.connect(probe.getsockname())
        answering, _ = probe.accept()
        answering.close()  # first, so that the closed connection lingers at this end
        return int(probe.getsockname()[1])


def refuse_unless_free(host: str, port: int) -> None:
    """
    Try to listen on the address as the web server will.

    Raises:
        Refusal: the port is taken, is not ours to take, or the host is not this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            # As gunicorn does: a port whose last connections are still closing is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise Refusal(_reason(host, port, error)) from error


def _reason(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is in use by another program. Choose another: ./run up --port {port + 1}"
        )
    if error.errno == errno.EACCES:
        return f"Port {port} is reserved for root. Choose one above 1023: ./run up --port 8000"
    return f"Cannot listen on {host}:{port}: {error.strerror or error}."
