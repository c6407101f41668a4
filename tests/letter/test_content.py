"""The content of a letter: its digest stands for everything a reader can see, and nothing else."""

from dataclasses import replace
from datetime import date

import pytest

from brevgen.letter.content import Block, Content, Run
from tests.support.samples import AAS, Background, NationalFigures, content, templates

TEMPLATES = templates()
LETTER = content(minors=2, minors_under_15=1, office=replace(AAS.office, telephone="40 00 19 60"))


def test_the_digest_is_64_hexadecimal_digits_and_the_same_on_every_run():
    small = Content("nb", "Emne – Ås", "IMDi", (Block("body", "title", (Run("Emne"),)),))

    assert small.digest() == ("9ec04859fea55bf52b1f39ffcb2e19229771e905e995d59f0f1676c9df207577")
    assert content().digest() == content().digest()


@pytest.mark.parametrize("at", range(len(LETTER.blocks)))
def test_the_digest_knows_every_block_every_run_and_their_looks(at):
    block = LETTER.blocks[at]

    def with_block(*changed):
        return replace(LETTER, blocks=(*LETTER.blocks[:at], *changed, *LETTER.blocks[at + 1 :]))

    variants = [with_block(), with_block(block, block)]
    variants.append(
        with_block(replace(block, style="heading" if block.style != "heading" else "title"))
    )
    variants.append(with_block(replace(block, label=block.label + "x")))
    variants.append(with_block(replace(block, part="body" if block.part != "body" else "closing")))
    for index, run in enumerate(block.runs):
        for changed in (
            replace(run, text=run.text + "."),
            replace(run, strong=not run.strong),
            replace(run, href=run.href + "x"),
        ):
            runs = (*block.runs[:index], changed, *block.runs[index + 1 :])
            variants.append(with_block(replace(block, runs=runs)))

    digests = {variant.digest() for variant in variants}
    assert len(digests) == len(variants)
    assert LETTER.digest() not in digests


def test_the_digest_knows_the_order_of_blocks_the_form_the_title_and_the_author():
    first, second, *others = LETTER.blocks
    variants = [
        replace(LETTER, blocks=(second, first, *others)),
        replace(LETTER, written_form="nn"),
        replace(LETTER, title="Noe annet"),
        replace(LETTER, author="Noen andre"),
    ]

    assert len({LETTER.digest(), *(variant.digest() for variant in variants)}) == 5


@pytest.mark.parametrize(
    "changes",
    [
        {"written_form": "nn"},
        {"municipality": replace(AAS.municipality, name="Os")},
        {"own": {**AAS.own, "asked": 11}},
        {"own": {**AAS.own, "minors": 1}},
        {"year": 2019},
        {"date": date(2017, 11, 7)},
        {"deadline": date(2018, 1, 8)},
        {"reference": "17-09236"},
        {"your_reference": "2017/311"},
        {"approved": True},
        {"national": NationalFigures(total=4401, minors=150, municipalities=210, minimum=10)},
        {"national": NationalFigures(total=4400, minors=151, municipalities=210, minimum=10)},
        {"answers": replace(AAS.answers, to="post@imdi2.example")},
        {"answers": replace(AAS.answers, copy_to="post@imdi2.example")},
        {"answers": replace(AAS.answers, web="https://www.imdi.no/")},
        {"office": replace(AAS.office, name="IMDi Region Vest")},
        {"office": replace(AAS.office, signatory="")},
        {"office": replace(AAS.office, title="direktør")},
        {"office": replace(AAS.office, telephone="40 00 19 60")},
        {"office": replace(AAS.office, email="ost@imdi.example")},
        {"agency": replace(AAS.agency, name="Direktoratet")},
        {"agency": replace(AAS.agency, short_name="DIR")},
        {"agency": replace(AAS.agency, postal_address="Postboks 1, 0001 Oslo")},
        {"agency": replace(AAS.agency, telephone="40 00 19 60")},
        {"agency": replace(AAS.agency, email="post@imdi.example")},
        {"agency": replace(AAS.agency, web="https://www.imdi.example/")},
        {"agency": replace(AAS.agency, organisation_number="123 456 785")},
        {"background": Background(need="a", share=AAS.background.share, criteria="c")},
        {"municipality": replace(AAS.municipality, distribution=("Ordfører",))},
    ],
    ids=lambda changes: ",".join(changes),
)
def test_every_fact_a_letter_states_changes_its_digest(changes):
    changed = TEMPLATES.content(replace(AAS, **changes))

    assert changed.digest() != TEMPLATES.content(AAS).digest()


def test_parts_and_links_are_found_in_reading_order():
    assert [block.text for block in LETTER.part("references")] == [
        *("Vår ref: 17-09235", "Dato: 6.11.2017"),
    ]
    assert [run.href for run in LETTER.links()] == [
        *("mailto:post@imdi.example", "mailto:nina.gran@ks.example") * 2,
        "https://www.imdi.no/planlegging-og-bosetting/",
    ]


def test_a_letter_is_a_draft_until_it_is_approved():
    assert content().is_draft
    assert not content(approved=True).is_draft
