"""Time stamps (RFC 3161): a third party's word on when a seal was there.

pyHanko is imported here at once: import this file only where letters are sealed.
"""

import asyncio

import aiohttp
from asn1crypto import cms, tsp
from pyhanko.sign.timestamps import HTTPTimeStamper

from brevgen.errors import NotSealed
from brevgen.language import tr

DEADLINE = 10
"""Seconds a whole exchange may take, from the name of the service to the last byte."""

LONGEST = 64 * 1024
"""Bytes of an answer; a time stamp with its certificates has 2 to 8 kB."""


class TimestampService(HTTPTimeStamper):
    """A time-stamp service whose answers are bounded, and looked at before they are used.

    Args:
        url: its address.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url, timeout=DEADLINE)

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """The service's answer; pyHanko's own way reads as many bytes as the service sends."""
        answer = bytearray()
        async with (
            asyncio.timeout(DEADLINE),
            aiohttp.ClientSession(raise_for_status=True) as session,
            session.post(self.url, data=req.dump(), headers=self.request_headers()) as response,
        ):
            async for part in response.content.iter_any():
                answer += part
                if len(answer) > LONGEST:
                    raise ValueError(tr("an answer of more than {size} kB", size=LONGEST // 1024))
        return tsp.TimeStampResp.load(bytes(answer))

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """A time stamp for a digest.

        Raises:
            NotSealed: the service did not answer in time, refused, or stamped something else.
        """
        try:
            token = await super().async_timestamp(message_digest, md_algorithm)
            stamped = token["content"]["encap_content_info"]["content"].parsed
            assert isinstance(stamped, tsp.TSTInfo)
            fits = stamped["message_imprint"]["hashed_message"].native == message_digest
        except Exception as error:  # whatever a service answers, it is the service's fault
            late = tr("no whole answer in {seconds} seconds", seconds=DEADLINE)
            reason = late if isinstance(error, TimeoutError) else " ".join(str(error).split())
            raise NotSealed(
                tr(
                    "The time-stamp service {address} gave no time stamp ({reason}). Run the"
                    " command again when it answers.",
                    address=self.url,
                    reason=reason or type(error).__name__,
                )
            ) from error
        if not fits:
            raise NotSealed(
                tr("The time-stamp service {address} stamped something else.", address=self.url)
            )
        return token

    def try_out(self) -> bytes:
        """A time stamp for nothing, as DER.

        Raises:
            NotSealed: as above.
        """
        return bytes(asyncio.run(self.async_dummy_response("sha256")).dump())
