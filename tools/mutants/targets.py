"""Which modules are mutated, and which tests have to notice."""

from __future__ import annotations

from typing import Final

TARGETS: Final[dict[str, tuple[str, ...]]] = {
    "mediabridge/durable.py": ("tests/test_durable.py",),
    "mediabridge/translog/merkle.py": (
        "tests/translog/test_merkle.py",
        "tests/translog/test_log_vectors.py",
    ),
    "mediabridge/translog/note.py": (
        "tests/translog/test_note.py",
        "tests/translog/test_checkpoint.py",
        "tests/translog/test_log_vectors.py",
    ),
    "mediabridge/translog/cosignature.py": (
        "tests/translog/test_cosignature.py",
        "tests/test_second_log_reader.py",
    ),
    "mediabridge/translog/section.py": (
        "tests/translog/test_log_section.py",
        "tests/translog/test_peer_mirror.py",
    ),
    "mediabridge/translog/verdicts.py": (
        "tests/test_log_verdicts.py",
        "tests/translog/test_log_section.py",
        "tests/verify/test_witness.py",
        "tests/test_second_log_reader.py",
    ),
    "mediabridge/receipt/accept.py": ("tests/receipt",),
    "mediabridge/receipt/issue.py": ("tests/receipt",),
    "mediabridge/apply/casework.py": ("tests/apply/contract/test_decisions.py",),
    "mediabridge/apply/changing.py": (
        "tests/apply/test_rule_tables.py",
        "tests/apply/test_plainly.py",
        "tests/apply/contract/test_rules.py",
        "tests/apply/contract/test_population.py",
    ),
    "mediabridge/apply/comparing.py": (
        "tests/apply/test_rule_tables.py",
        "tests/apply/contract/test_rules.py",
        "tests/apply/contract/test_decisions.py",
        "tests/apply/contract/test_population.py",
    ),
    "mediabridge/apply/echo.py": ("tests/apply/test_echo.py",),
    "mediabridge/apply/plainly.py": ("tests/apply/test_plainly.py",),
    "mediabridge/apply/rules.py": (
        "tests/apply/test_rule_tables.py",
        "tests/apply/test_plainly.py",
        "tests/apply/contract/test_rules.py",
        "tests/apply/contract/test_decisions.py",
        "tests/apply/dropfolder/test_handing_over.py",
    ),
    "mediabridge/records/never_carried.py": ("tests/records/test_never_carried.py",),
    "mediabridge/verify/contents.py": (
        "tests/verify/test_contents.py",
        "tests/verify/test_examination.py",
    ),
    "mediabridge/verify/examination.py": (
        "tests/verify/test_examination.py",
        "tests/verify/test_verdict_order.py",
        "tests/verify/test_contents.py",
        "tests/verify/test_statements.py",
    ),
    "mediabridge/verify/medium.py": (
        "tests/media/test_identity.py",
        "tests/verify/test_examination.py",
    ),
    "mediabridge/verify/order.py": (
        "tests/verify/test_route_order.py",
        "tests/verify/test_void.py",
        "tests/verify/test_order_machine.py",
    ),
    "mediabridge/verify/recipient.py": (
        "tests/verify/test_recipient.py",
        "tests/attacks/test_attack_on_recipient_keys.py",
    ),
    "mediabridge/verify/recovery.py": ("tests/stations/recovery/test_recovering.py",),
    "mediabridge/verify/signatures.py": (
        "tests/verify/test_examination.py",
        "tests/verify/test_statements.py",
        "tests/verify/test_verdict_order.py",
        "tests/verify/test_void.py",
    ),
    "mediabridge/verify/statements.py": ("tests/verify/test_statements.py",),
    "mediabridge/verify/verdict.py": (
        "tests/verify/test_verdict_order.py",
        "tests/verify/test_examination.py",
    ),
    "mediabridge/verify/witness.py": (
        "tests/verify/test_witness.py",
        "tests/test_log_verdicts.py",
        "tests/test_second_log_reader.py",
    ),
    "mediabridge/verify/whereabouts.py": ("tests/verify/test_whereabouts.py",),
    "mediabridge/verify/logged.py": ("tests/attacks/test_attack_on_log_entries.py",),
    "mediabridge/verify/begun.py": ("tests/attacks/test_attack_on_sealings.py",),
    "mediabridge/verify/software.py": ("tests/attacks/test_attack_on_software.py",),
    "mediabridge/verify/void.py": ("tests/verify/test_void.py",),
}
"""Module to its tests, the quickest to fail first: only what they can see is worth their time."""

SHARED: Final = ("tests/*.py", "tests/vectors/**/*")
"""What every test may lean on, besides the files of its own folder."""
