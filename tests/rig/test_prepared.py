"""What every other test on real USB begins with, by itself: so it can be made ahead of them."""

from moments import FILESYSTEMS
from prepared import CHAPTERS, Prepared


def test_every_chapter_is_kept(prepared: Prepared) -> None:
    for filesystem in FILESYSTEMS:
        assert all(prepared.image(filesystem, chapter).stat().st_size for chapter in CHAPTERS)
        assert prepared.counted(filesystem, "write").writes > 0
    assert prepared.registry
