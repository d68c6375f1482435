"""No plug-in of pydantic, whatever is installed beside this program.

By itself pydantic asks every installed package whether it has one, and shows it all that is
validated from then on, residents' records among it. Asking takes longer than building the
models of a station's own file.
"""

from __future__ import annotations

import os


def refuse() -> None:
    """Let pydantic ask no package; call it before the first model is used."""
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
