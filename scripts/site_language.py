"""The language of each page of the site, for screen readers: some are in bokmål."""

from typing import Any

BOKMAAL = ("saksbehandler/", "underskriver/", "administrator/tilgjengelighet")


def on_post_page(output: str, page: Any, config: Any) -> str:
    """Called by MkDocs with every finished page; says `nb` where the page is in bokmål."""
    del config
    if not page.url.startswith(BOKMAAL):
        return output
    return output.replace('<html lang="en"', '<html lang="nb"', 1)
