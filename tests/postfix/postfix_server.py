"""A Postfix of the tests' own: on one port of the loopback, in one folder, and nothing ever leaves.

It needs root, for Postfix's programs change to users of their own.
"""

import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.mail_servers import make_authority

SENDER = "post@imdi.example"

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}

myhostname = mx.imdi.example
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
smtpd_relay_restrictions = reject_unauth_destination
# nothing ever leaves
default_transport = error:5.7.1 this server sends nothing on
relay_transport = error:5.7.1 this server sends nothing on

smtpd_tls_security_level = encrypt
smtpd_tls_chain_files = {folder}/server.pem
smtpd_tls_received_header = yes

virtual_mailbox_domains = regexp:{folder}/domains
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = texthash:{folder}/mailboxes
virtual_uid_maps = static:{user}
virtual_gid_maps = static:{group}
virtual_minimum_uid = 1
transport_maps = texthash:{folder}/transport
"""

MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix  n       -       n       60      1       pickup
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
tlsmgr    unix  -       -       n       1000?   1       tlsmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
verify    unix  -       -       n       -       1       verify
flush     unix  n       -       n       1000?   0       flush
proxymap  unix  -       -       n       -       -       proxymap
showq     unix  n       -       n       -       -       showq
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
virtual   unix  -       n       n       -       -       virtual
anvil     unix  -       -       n       -       1       anvil
scache    unix  -       -       n       -       1       scache
postlog   unix-dgram n  -       n       -       1       postlogd
moved     unix  -       n       n       -       -       pipe
  user=nobody argv={folder}/moved
"""

MOVED = """\
#!/bin/sh
# takes no letter: the one it is for has moved
cat > /dev/null
echo "has moved away"
exit 67
"""


_TRACE = re.compile(
    rb"(?:(?:Return-Path|X-Original-To|Delivered-To|Received): .*\n(?:[ \t].*\n)*)+"
)
"""The fields that servers put above a message they pass on (RFC 5321, section 4.4)."""


@dataclass(frozen=True)
class Delivered:
    """A message as it lies in the mailbox of the one it was delivered to."""

    to: tuple[str, ...]
    data: bytes
    trace: str
    """What the server has written above it."""


class Postfix:
    """A running server.

    Args:
        folder: all that is its own.
        port: where it listens.
    """

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port

    @property
    def ca_file(self) -> Path:
        """The authority that vouches for its certificate."""
        return self.folder / "ca.pem"

    @property
    def log(self) -> str:
        """What it has written down."""
        return (self.folder / "mail.log").read_text(encoding="utf-8")

    @property
    def returned(self) -> Path:
        """The sender's mailbox, an mbox."""
        return self.folder / "mail" / f"{SENDER}.mbox"

    def command(self, *words: str) -> None:
        """Run one of Postfix's commands on this server."""
        ran = subprocess.run(
            [words[0], "-c", self.folder / "etc", *words[1:]],
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr

    def wait_until_delivered(self) -> None:
        """Wait until nothing is in the queue any more, neither mail nor a report on it."""
        until = time.monotonic() + 120
        queues = ("maildrop", "incoming", "active", "deferred", "hold")
        while any(
            file.is_file() for each in queues for file in (self.folder / "queue" / each).rglob("*")
        ):
            assert time.monotonic() < until, self.log[-5000:]
            time.sleep(0.1)

    def mailboxes(self) -> Iterator[Delivered]:
        """What was delivered, from the files."""
        for file in sorted((self.folder / "mail").glob("*/new/*")):
            whole = file.read_bytes()
            trace = _TRACE.match(whole)
            assert trace is not None, "each server on the way writes what it did above the rest"
            data = whole[trace.end() :].replace(b"\n", b"\r\n")
            yield Delivered((file.parents[1].name,), data, trace[0].decode())


@contextmanager
def running(addresses: Iterable[str], *, moved: Iterable[str] = (), port: int) -> Iterator[Postfix]:
    """A Postfix with a mailbox for each address and for the sender.

    Args:
        addresses: whom it knows; in a domain of its own, but nobody else there.
        moved: whom it knows only until it tries to deliver.
        port: where to listen.
    """
    # not below the folders of pytest, which are for root's eyes only
    folder = Path(tempfile.mkdtemp(prefix="brevgen-postfix-"))
    folder.chmod(0o755)
    try:
        _set_up(folder, addresses, moved, port)
        server = Postfix(folder, port)
        server.command("postfix", "start")
        try:
            _wait_for(port)
            yield server
        finally:
            server.command("postfix", "stop")
    finally:
        shutil.rmtree(folder)


def _set_up(folder: Path, addresses: Iterable[str], moved: Iterable[str], port: int) -> None:
    nobody, postfix = pwd.getpwnam("nobody"), pwd.getpwnam("postfix")
    for name in ("etc", "queue", "data", "mail"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", postfix.pw_uid)
    shutil.chown(folder / "mail", nobody.pw_uid, nobody.pw_gid)
    authority = make_authority(folder)
    authority.server()
    (folder / "localhost-False.pem").rename(folder / "server.pem")
    (folder / "moved").write_text(MOVED)
    (folder / "moved").chmod(0o755)
    (folder / "domains").write_text("/\\.example$/ here\n")
    known = [*addresses, *moved]
    boxes = [f"{each} {each}/\n" for each in known]
    (folder / "mailboxes").write_text("".join([*boxes, f"{SENDER} {SENDER}.mbox\n"]))
    (folder / "transport").write_text("".join(f"{each} moved:\n" for each in moved))
    filled = {
        "folder": folder,
        "port": port,
        "user": nobody.pw_uid,
        "group": nobody.pw_gid,
    }
    (folder / "etc" / "main.cf").write_text(MAIN.format(**filled))
    (folder / "etc" / "master.cf").write_text(MASTER.format(**filled))


def _wait_for(port: int) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < until, "Postfix does not answer"
            time.sleep(0.1)
        else:
            return
