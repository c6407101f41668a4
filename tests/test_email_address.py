"""E-mail addresses: what can be one is accepted, what cannot is refused, and the reason said."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brevgen.email_address import malformed
from brevgen.language import speaking

WORDS = st.text(alphabet="abcæøåABCÅ019", min_size=1, max_size=12)
ASCII_WORDS = st.text(alphabet="abcABC019", min_size=1, max_size=12)


@pytest.mark.parametrize(
    "address",
    [
        "post@imdi.no",
        "postmottak@as.kommune.no",
        "post@ås.kommune.no",
        "postmottak@kárášjohka.kommune.no",
        "nina.gran@ks.no",
        "ola_o'brien+bosetting@sub-domain.kommune.example",
        "post@xn--s-1fa.kommune.no",
        "post@imdi.local",
        "post@imdi.invalid",
        "a" * 64 + "@ks.no",
    ],
)
def test_an_address_that_can_be_one_is_accepted(address):
    assert malformed(address) == ""


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("", "must have an @"),
        ("post.imdi.no", "must have an @"),
        ("post@imdi@no", "after the @"),
        ("post@ks.no,rad@ks.no", "after the @"),
        ("post..mottak@ks.no", "two periods in a row"),
        ("post@ks..no", "two periods in a row"),
        ("@ks.no", "before the @"),
        (".post@ks.no", "start with a period"),
        ("post.@ks.no", "period immediately before"),
        ("post mottak@ks.no", "before the @"),
        ("Ås kommune <post@ks.no>", "display name"),
        ("Kari <post@ks.no>", "display name"),
        ("<post@ks.no", "angle bracket"),
        ("<post@ks.no>, b@ks.no", "anything after"),
        ("post\uff20ks.no", "at-sign"),
        ("post\ufe6bks.no", "at-sign"),
        ("mailto:post@ks.no", "before the @"),
        ('"post"@ks.no', "before the @"),
        ("ordfører@ks.no", "before the @"),
        ("po\x00st@ks.no", "before the @"),
        ("po\u202est@ks.no", "before the @"),
        ("po\u200bst@ks.no", "before the @"),
        ("post%evil.no@ks.no", "passed on"),
        ("evil.no!post@ks.no", "passed on"),
        ("post@", "after the @"),
        ("post@ks", "after the @"),
        ("post@ks.no ", "after the @"),
        ("post@ks.no.", "end with a period"),
        ("post@-ks.no", "after the @"),
        ("post@ks-.no", "hyphen"),
        ("post@k_s.no", "after the @"),
        ("post@ks.no\n", "after the @"),
        ("post@ks.no\r\nBcc: x", "after the @"),
        ("post@192.168.0.1", "after the @"),
        ("post@[127.0.0.1]", "after the @"),
        (f"post@{'a' * 64}.no", "after the @"),
        ("a" * 65 + "@ks.no", "too long"),
        (f"post@{'.'.join(['a' * 60] * 5)}.no", "too long"),
    ],
)
def test_an_address_that_cannot_be_one_is_refused_with_the_reason(address, says):
    reason = malformed(address)
    assert says in reason
    with speaking("nb"):
        assert malformed(address) != reason, "it is said in bokmål"


@settings(deadline=None)
@given(
    before=WORDS,
    sign=st.sampled_from([*'\r\n\t\v\f\0 <>()[],;:"\\@', "\x7f", "\x85", "\u00a0", "\u2028"]),
    after=WORDS,
    at=st.integers(0, 30),
)
def test_no_address_can_smuggle_in_a_header_or_a_second_recipient(before, sign, after, at):
    address = f"{before}@{after}.example"
    at = min(at, len(address))

    assert malformed(address[:at] + sign + address[at:])


@settings(deadline=None)
@given(st.text())
def test_whatever_is_accepted_has_one_at_a_dot_and_nothing_that_cannot_be_seen(address):
    if not malformed(address):
        assert address.count("@") == 1
        assert "." in address.partition("@")[2]
        assert address.isprintable()
        assert " " not in address


@settings(deadline=None)
@given(ASCII_WORDS, WORDS, st.sampled_from(["no", "example", "kommune.no"]))
def test_a_plain_name_at_a_norwegian_domain_is_accepted(name, host, top):
    assert malformed(f"{name}@{host}.{top}") == ""
