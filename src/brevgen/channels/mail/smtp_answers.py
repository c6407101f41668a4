"""What is said to a mail server and what it answers, bounded in size and time.

`smtplib` waits anew for each piece of an answer, reads answers of any length, and takes whatever
comes next for the answer to what was said last. A server that does wrong could hold a run for ever,
or have one message counted by the answer to another.
"""

import smtplib
import socket
import ssl
import time

from brevgen.channels import words

MOST_BYTES = 8192
"""How long an answer may be; servers say what they offer in about one kilobyte."""

_PIECE = 16384


class AnsweredUnasked(smtplib.SMTPException):
    """The server spoke before its turn, so that no answer of it can be told from another."""


class BoundedSmtp(smtplib.SMTP):
    """A connection whose every answer comes whole and in time, and after it was asked for."""

    _read = b""
    _read_from: socket.socket | None = None

    def getreply(self) -> tuple[int, bytes]:
        """The answer to what was said last, within the connection's timeout."""
        return self.answer(self.timeout)

    def answer(self, seconds: float) -> tuple[int, bytes]:
        """An answer's code and words; the code is -1 if it has none.

        Args:
            seconds: how long to wait for the end of it.

        Raises:
            TimeoutError: it did not come in time.
            smtplib.SMTPException: it has no end, or the connection was lost.
        """
        until = time.monotonic() + seconds
        said, length = [], 0
        try:
            while True:
                line = self._line(until, MOST_BYTES - length)
                length += len(line)
                said.append(line[4:].strip())
                if not line[:3].isdigit():
                    return -1, line.strip()
                if line[3:4] != b"-":
                    return int(line[:3]), b"\n".join(said)
        except (OSError, smtplib.SMTPException):
            self.close()
            raise

    def putcmd(self, cmd: str, args: str = "") -> None:
        """Say something, unless the server has spoken unasked."""
        self.be_sure_of_silence()
        super().putcmd(cmd, args)

    def be_sure_of_silence(self) -> None:
        """See that the server has said nothing that it was not asked.

        Raises:
            AnsweredUnasked: it has; the connection is good for nothing more.
        """
        sock = self._socket()
        sock.settimeout(0)
        try:
            self._take_in(sock.recv(_PIECE))
        except (BlockingIOError, ssl.SSLWantReadError):
            pass
        finally:
            sock.settimeout(self.timeout)
        if self._read:
            said = " ".join(self._read[:300].decode("utf-8", "replace").split())
            raise AnsweredUnasked(words.SPOKE_UNASKED.format(words=said))

    def send(self, s: bytes | bytearray | str) -> None:  # type: ignore[override]
        """Send all of something within the connection's timeout."""
        self.send_within(s.encode("ascii") if isinstance(s, str) else s, self.timeout)

    def send_within(self, data: bytes | bytearray, seconds: float) -> None:
        """Send all of something in so many seconds.

        Raises:
            TimeoutError: the server did not take it in time.
            smtplib.SMTPServerDisconnected: the connection was lost.
        """
        until = time.monotonic() + seconds
        sock = self._socket()
        try:
            for at in range(0, len(data), _PIECE):
                sock.settimeout(_left(until))
                sock.sendall(data[at : at + _PIECE])
        except OSError:
            self.close()
            raise
        sock.settimeout(self.timeout)

    def _line(self, until: float, most: int) -> bytes:
        sock = self._socket()
        while b"\n" not in self._read[:most]:
            if len(self._read) >= most:
                raise smtplib.SMTPException(words.NO_END)
            sock.settimeout(_left(until))
            self._take_in(sock.recv(_PIECE))
        sock.settimeout(self.timeout)
        line, end, self._read = self._read.partition(b"\n")
        return line + end

    def _socket(self) -> socket.socket:
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected(words.CLOSED)
        if self.sock is not self._read_from:  # TLS has begun: what was said before does not count
            self._read, self._read_from = b"", self.sock
        return self.sock

    def _take_in(self, data: bytes) -> None:
        if not data:
            raise smtplib.SMTPServerDisconnected(words.CLOSED_BY_IT)
        self._read += data


class BoundedSmtpOverTls(BoundedSmtp, smtplib.SMTP_SSL):
    """The same, where TLS begins with the connection."""


def _left(until: float) -> float:
    """The seconds that are left.

    Raises:
        TimeoutError: there are none.
    """
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
