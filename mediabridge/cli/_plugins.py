"""No plug-in of pydantic, whatever is installed beside this program.

By itself pydantic asks every installed package whether it has one, and shows it all that is
validated from then on, residents' records among it. Asking takes longer than building the
models of a station's own file, and loads the library for mail headers.
"""

from __future__ import annotations

import os
import sys
from types import ModuleType
from typing import Final

_ASKING: Final = "pydantic.plugin._loader"
"""Its name is pydantic's own business: where it has another one, the setting still holds."""


def refuse() -> None:
    """Let pydantic look for no plug-in; call it before the first model is used."""
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    nobody = ModuleType(_ASKING)
    nobody.__dict__["get_plugins"] = tuple
    sys.modules.setdefault(_ASKING, nobody)
