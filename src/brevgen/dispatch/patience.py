"""Waiting: so that no server is flooded, and so that one that is busy is asked again."""

from collections.abc import Callable, Sequence

from brevgen.dispatch.channels import Channel, Outgoing, Receipt

Clock = Callable[[], float]
"""Tells seconds that only grow."""

Sleep = Callable[[float], object]
"""Waits so many seconds."""

PAUSES = (5.0, 30.0)
"""How long to wait before the second and the third try; seconds."""


class Pace:
    """Lets messages through one by one, evenly spaced.

    Args:
        per_minute: how many; 0 for no limit.
        clock: tells the time.
        sleep: waits.
    """

    def __init__(self, per_minute: int, clock: Clock, sleep: Sleep) -> None:
        self._gap = 60 / per_minute if per_minute else 0.0
        self._clock = clock
        self._sleep = sleep
        self._next = clock()

    def wait(self) -> None:
        """Wait until the next message may go."""
        now = self._clock()
        if now < self._next:
            self._sleep(self._next - now)
        # time that was not used is not saved up: a pause is followed by no burst
        self._next = max(now, self._next) + self._gap


def deliver_patiently(
    channel: Channel, message: Outgoing, *, sleep: Sleep, pauses: Sequence[float] = PAUSES
) -> Receipt:
    """Hand a message over, and again after a pause as long as the channel says: not now.

    Only what was surely not taken is handed over again; never what is uncertain.

    Args:
        channel: the way out.
        message: what is to leave.
        sleep: waits.
        pauses: how long to wait before each further try; seconds.

    Raises:
        ChannelUnusable: no message would get through.
    """
    receipt = channel.deliver(message)
    for pause in pauses:
        if receipt.outcome != "failed_for_now":
            break
        sleep(pause)
        receipt = channel.deliver(message)
    return receipt
