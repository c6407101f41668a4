"""`brevgen upgrade`."""

from brevgen.cli.options import WorkspaceDir

_TOLD = {
    "added": "New files:",
    "replaced": "Replaced, for nobody had touched them:",
    "laid beside": "Changed by somebody, so the new file lies beside:",
    "removed": "Removed by somebody, and left so:",
    "given up": "No longer a part of brevgen; yours to keep or remove:",
    "yours": "Changed by somebody, and nothing new to take over:",
    "as it was": "As they were:",
}


def upgrade(workspace: WorkspaceDir = None) -> None:
    """Bring a workspace's templates and settings up to this version.

    What nobody touched is replaced. Beside the rest the new file is laid, with the difference
    shown. Rounds and the ledger are left alone.

    Example: brevgen upgrade
    """
    from pathlib import Path

    from brevgen.cli import console
    from brevgen.marker import find_root
    from brevgen.rounds import upgrade as use_case

    # not through the settings, which may be what an older version left
    done = use_case.upgrade(find_root(workspace or Path.cwd()))
    for outcome, title in _TOLD.items():
        files = [each for each in done.files if each.outcome == outcome]
        if files:
            console.say(title)
        for each in files:
            console.say(f"  {each.name}" + (f" → {each.beside}" if each.beside else ""))
    for each in done.files:
        if each.beside:
            console.say("")
            console.say("\n".join(each.difference) or f"{each.name} is no text: open both.")
    before = f" from {done.before}" if done.before not in ("", done.version) else ""
    console.say("")
    console.say(f"The workspace has the files of brevgen {done.version}{before}.")
    if any(each.beside for each in done.files):
        console.say("Take over what you need of the files that end in .new, then remove them.")
    if done.is_changed:
        console.say("See with “brevgen check” and “brevgen status” what that means for a round.")
