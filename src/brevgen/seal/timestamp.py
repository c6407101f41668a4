"""Time stamps (RFC 3161): a third party's word on when a seal was there.

pyHanko is imported here at once: import this file only where letters are sealed.
"""

import asyncio
import hashlib
from collections.abc import Sequence

from asn1crypto import cms, tsp
from pyhanko.sign.timestamps import HTTPTimeStamper

from brevgen.seal.private_key import NotSealed

PATIENCE = 10
"""Seconds to wait for an answer."""


class TimestampService(HTTPTimeStamper):
    """A time-stamp service whose answers are looked at before they are used.

    Args:
        url: its address.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url, timeout=PATIENCE)

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """A time stamp for a digest.

        Raises:
            NotSealed: the service did not answer, refused, or stamped something else.
        """
        try:
            token = await super().async_timestamp(message_digest, md_algorithm)
            stamped = token["content"]["encap_content_info"]["content"].parsed
            assert isinstance(stamped, tsp.TSTInfo)
            fits = stamped["message_imprint"]["hashed_message"].native == message_digest
        except Exception as error:  # whatever a service answers, it is the service's fault
            reason = str(error) or type(error).__name__
            raise NotSealed(
                f"The time-stamp service {self.url} gave no time stamp ({reason})."
                " Run the command again when it answers."
            ) from error
        if not fits:
            raise NotSealed(f"The time-stamp service {self.url} stamped something else.")
        return token

    def try_out(self) -> bytes:
        """A time stamp for nothing, as DER.

        Raises:
            NotSealed: as above.
        """
        return bytes(asyncio.run(self.async_dummy_response("sha256")).dump())


def unfitness_of(token: bytes, roots: Sequence[bytes]) -> str:
    """Why a time stamp for nothing would not be trusted in a seal; empty if it would.

    Args:
        token: what `try_out` gave, as DER.
        roots: whom to trust, as DER.
    """
    from brevgen.seal.cms_form import timestamp_oddity
    from brevgen.seal.examination import timestamp_is_trusted

    try:
        if not timestamp_is_trusted(token, hashlib.sha256().digest(), roots):
            return "no trusted root vouches for them."
        return timestamp_oddity(token, roots)
    except Exception:  # whatever a service answers, it is the service's fault
        return "they cannot be read."
