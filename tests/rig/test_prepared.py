"""What every other test on real USB begins with, by itself: so it can be made ahead of them."""

import pytest
from prepared import CHAPTERS, Prepared


@pytest.mark.ahead
@pytest.mark.begins_on
def test_every_chapter_is_kept(prepared: Prepared, filesystems: frozenset[str]) -> None:
    for filesystem in filesystems:
        assert all(prepared.image(filesystem, chapter).stat().st_size for chapter in CHAPTERS)
        assert prepared.counted(filesystem, "write").writes > 0
    assert prepared.registry
