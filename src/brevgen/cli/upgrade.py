"""`brevgen upgrade`."""

from brevgen.cli.options import WorkspaceDir
from brevgen.language import tr, untranslated

_TOLD = {
    "added": untranslated("New files:"),
    "replaced": untranslated("Replaced, for nobody had touched them:"),
    "laid beside": untranslated("Changed by somebody, so the new file lies beside:"),
    "removed": untranslated("Removed by somebody, and left so:"),
    "given up": untranslated("No longer a part of brevgen; yours to keep or remove:"),
    "yours": untranslated("Changed by somebody, and nothing new to take over:"),
    "as it was": untranslated("As they were:"),
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
            console.say(tr(title))
        for each in files:
            console.say(f"  {each.name}" + (f" → {each.beside}" if each.beside else ""))
    for each in done.files:
        if each.beside:
            console.say("")
            no_text = tr("{file} is no text: open both.", file=each.name)
            console.say("\n".join(each.difference) or no_text)
    console.say("")
    if done.before in ("", done.version):
        console.say(tr("The workspace has the files of brevgen {version}.", version=done.version))
    else:
        console.say(
            tr(
                "The workspace has the files of brevgen {version}; before, those of {before}.",
                version=done.version,
                before=done.before,
            )
        )
    if any(each.beside for each in done.files):
        console.say(tr("Take over what you need of the files that end in .new, then remove them."))
    if done.is_changed:
        console.say(
            tr("See with “brevgen check” and “brevgen status” what that means for a round.")
        )
