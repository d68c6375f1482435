"""The check digit of 全国地方公共団体コード.

The last of the six digits is 11 − (Σ weight x digit mod 11), its last digit,
with the weights 6, 5, 4, 3, 2. Because both 11 and 1 end in 1, the remainders 0
and 10 share a check digit: a change of one digit that moves the sum between
the two is not found by it. Looking the code up in the table finds most of those.
"""

from __future__ import annotations

from typing import Final

_WEIGHTS: Final = (6, 5, 4, 3, 2)
_LENGTH: Final = 6


def municipality_check_digit(code: str) -> str:
    """Return the check digit for the first five digits of *code*.

    Raises:
        ValueError: *code* does not begin with five ASCII digits.
    """
    body = code[: len(_WEIGHTS)]
    if len(body) != len(_WEIGHTS) or not (body.isascii() and body.isdigit()):
        msg = "a municipality code begins with five digits"
        raise ValueError(msg)
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True))
    return str((11 - total % 11) % 10)


def has_valid_check_digit(code: str) -> bool:
    """Tell whether *code* is six ASCII digits of which the last is the check digit."""
    if len(code) != _LENGTH or not (code.isascii() and code.isdigit()):
        return False
    return code[-1] == municipality_check_digit(code)
