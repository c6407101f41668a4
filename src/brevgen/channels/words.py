"""What our channels say in words of their own: the ledger keeps them in English.

A reader gets them in another language by `shown`. The words of a server stay as they are.
"""

import re

from brevgen.language import tr_like, untranslated

# what other words of ours may stand in comes first, for it is looked for in this order
NOT_HANDED_OVER = untranslated("not handed over: {why}")
INTERRUPTED = untranslated("interrupted by the user")
PUT_BACK = untranslated("put back: all were refused alike, so it is not about them: {answer}")
TRY_LATER = untranslated("{why} Try again later.")

WRITTEN = untranslated("written to {file}")
NOT_WRITTEN = untranslated(
    "{file} cannot be written ({reason}). Free some space or see to the folder, then send again."
)

NO_ANSWER_IN_TIME = untranslated("no answer in time")
NOBODY_THERE = untranslated("Connection refused")
"""The system's own words."""
NO_END = untranslated("its answer has no end")
CLOSED = untranslated("the connection is closed")
CLOSED_BY_IT = untranslated("it closed the connection")
SPOKE_UNASKED = untranslated("it spoke before it was asked: {words}")
NAME_NOT_FOUND_NOW = untranslated("The name {host} cannot be looked up now.")
NO_ANSWER = untranslated("{server} does not answer: {reason}.")
LOST = untranslated("{server} was lost: {reason}.")
LOST_BEFORE_MESSAGE = untranslated("{server} was lost before the message: {reason}.")
LOST_WITHIN_MESSAGE = untranslated("{server} was lost within the message: {reason}.")
LOST_BEFORE_ANSWER = untranslated("{server} was lost before its answer: {reason}.")
ANSWERS = untranslated("{server} answers {answer}")
TAKES_NO_MAIL = untranslated("{server} takes no mail: {answer}")
TAKES_NO_MAIL_NOW = untranslated("{server} takes no mail now: {answer}.")
TAKES_NO_GREETING = untranslated("{server} does not take our greeting (EHLO): {answer}")
BEGINS_NO_TLS = untranslated("{server} does not begin TLS: {answer}")
NOT_READY = untranslated("{server} is not ready: {answer}.")
ABOUT_THE_SENDER = untranslated("{answer} (this is about the sender)")

NO_SERVER = untranslated("There is no server {host}. See mail.smtp.host in brevgen.toml.")
NO_STARTTLS = untranslated(
    "{host} offers no STARTTLS on port {port}, and mail never goes unencrypted. See mail.smtp.port"
    " and tls in brevgen.toml."
)
NO_TLS = untranslated(
    "{host} does not speak TLS on port {port} ({reason}). See mail.smtp.port and tls in"
    " brevgen.toml: 587 is usually starttls, 465 tls."
)
BAD_AUTHORITY = untranslated(
    "{file} cannot be used as mail.smtp.ca_file ({reason}). It must be a PEM file with"
    " certificates."
)
BAD_CERTIFICATE = untranslated(
    "The certificate of {host} will not do: {reason}. See mail.smtp.host and ca_file in"
    " brevgen.toml."
)
NO_PLAIN_PASSWORD = untranslated(
    "A password never goes over a plain connection. See mail.smtp.tls."
)
NO_LOG_IN = untranslated(
    "{host} offers no way to log in with a password (PLAIN or LOGIN). Ask whoever runs it, or leave"
    " mail.smtp.user out."
)
WRONG_PASSWORD = untranslated("{server} does not let {user} in with this password: {answer}")
LOG_IN_FIRST = untranslated(
    "{server} wants a login or TLS first: {answer}. See mail.smtp.user and tls in brevgen.toml."
)
NOT_FROM_US = untranslated(
    "{server} takes no mail from {sender}: {answer}. See mail.from_address and mail.smtp.user in"
    " brevgen.toml, or ask whoever runs the mail server."
)

_OF_A_SERVER = re.compile("[2-5][0-9]{2}( |$)")


def shown(kept: str) -> str:
    """What is kept of a delivery's receipt, as the reader has it."""
    if _OF_A_SERVER.match(kept):
        return tr_like(kept, (ABOUT_THE_SENDER,))
    return tr_like(kept)
