"""The one test that needs nothing: where there is no rig it says so, and why."""

import pytest


@pytest.mark.ahead
def test_rig_is_there() -> None:
    """The fixture of this folder has skipped or failed this test where there is none."""
