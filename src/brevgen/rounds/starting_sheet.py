"""A spreadsheet to begin an allocation with: who may stand in it, and columns to fill in."""

from brevgen.facts.audience import audience_of, check_follows
from brevgen.facts.municipalities import read_register
from brevgen.findings import FaultyInput, Findings
from brevgen.rounds.carried import empty_csv, following_csv
from brevgen.rounds.following import follow_in
from brevgen.rounds.session import RoundSession


def starting_sheet(session: RoundSession) -> bytes:
    """The sheet as CSV that Excel reads: all municipalities, or those a following round is for.

    Raises:
        FaultyInput: the settings, the kind, the register or the round that is followed has faults.
    """
    findings = Findings(only_faults=True)
    workspace, kind, round_ = session.workspace, session.kind, session.round
    file = workspace.data / "municipalities.csv"
    register = read_register(file, findings, shown_as=file.name)
    if kind is None or register is None:
        raise FaultyInput(findings.items or session.findings.items)
    municipalities = register.on(round_.register_day)
    folder = workspace.round_folder(session.name)
    followed_round = check_follows(round_, kind, session.kinds, folder, findings)
    if followed_round is None:
        findings.stop_on_faults()
        rows = empty_csv(kind, [municipalities[number] for number in sorted(municipalities)])
    else:
        follow = follow_in(workspace, session.kinds)
        followed = follow(round_.follows, followed_round, findings)
        findings.stop_on_faults()
        earlier = session.kinds[followed_round.kind]
        assert earlier is not None, "a round of a faulty kind is not read"
        numbers = audience_of(kind, followed, register, round_)
        rows = following_csv([municipalities[n] for n in numbers], kind, earlier, followed)
    return rows
