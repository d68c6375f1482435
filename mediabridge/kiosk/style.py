"""What the screen looks like; no meaning is in a colour alone."""

from __future__ import annotations

from typing import Final

STYLE: Final = """
Screen { layout: vertical; background: #101820; color: #f0f0f0; overflow: hidden; }
#whose { height: 1; background: #f2c14e; color: black; text-style: bold; }
.live #whose { background: #1d4ed8; color: white; }
#where { height: 1; background: #303a44; color: white; text-style: bold; }
#title { height: 2; text-style: bold; padding: 0 1; }
#body { height: 1fr; padding: 0 1; }
#notice { height: auto; padding: 0 1; text-style: bold; }
#label { height: 1; padding: 0 1; display: none; }
#field { height: 3; border: ascii white; background: #101820; display: none; padding: 0 1; }
.asks #label, .asks #field { display: block; }
#choices { height: auto; grid-size: 2; grid-gutter: 0 1; grid-rows: 3; padding: 0 1; }
Answer { height: 3; border: ascii #8090a0; padding: 0 1; }
Answer:focus { border: ascii white; text-style: bold reverse; }
Answer:hover { text-style: bold; }
#keys { height: 1; background: #303a44; layout: horizontal; }
Key { width: auto; padding: 0 2 0 0; background: #303a44; }
.furigana Key { padding: 0; }
Key:focus { text-style: bold reverse; }
.one #choices { grid-size: 1; }
.large #title { height: 3; padding: 1 1 0 1; }
.contrast Screen, Screen.contrast { background: black; color: white; }
.contrast #whose, .contrast #where { background: white; color: black; }
.contrast #keys, .contrast Key { background: white; color: black; }
.contrast #field { background: black; }
.contrast Answer { border: ascii white; }
.tight #choices { grid-rows: 1; }
.tight Answer { height: 1; border: none; padding: 0 2; }
.tight Answer:focus { border: none; }
"""
