"""One at a time: nobody approves or takes back while the same round is being sent."""

from collections.abc import Iterator
from contextlib import contextmanager

from brevgen.errors import Refused
from brevgen.workspace import Workspace


@contextmanager
def alone(workspace: Workspace, round_name: str) -> Iterator[None]:
    """Keep others from approving or sending the same round at the same time.

    The lock is the operating system's: it goes with the process, however that ends.

    Raises:
        Refused: another brevgen is at it.
    """
    import fcntl

    workspace.state.mkdir(parents=True, exist_ok=True)
    with (workspace.state / f"{round_name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(
                f"Another brevgen is approving or sending the round {round_name}."
                " Wait until it is done."
            ) from None
        yield
