"""Recipient keys that rotate by themselves: each round trip ends with the erasing of a key.

Two halves, and each station is both: :mod:`own` has the keys that open what is sent here, and
announces them; :mod:`peers` knows what the others announced, and seals to it. Why it may erase:

1. A key is on the disk before it is announced.
2. An announcement has the number of the bundle that carries it first, so that numbers rise; it
   names the keys of the trust data in whose place it stands, and its key is younger than these.
3. A sender seals to the newest announcement that it took, and never goes back: neither to a lower
   number nor, as trust data only becomes newer, to a key that was replaced in it.
4. Bundles of a route are taken in order. So when one was taken that key *k* opened, no bundle that
   is still to come needs a key older than *k*.
5. A fresh key is announced only when the one before was used. So there are two for a sender, and
   three between the making of one and the erasing of another.

What is asked first, log entry or effect, is the same as everywhere: an announcement is logged
before its bundle leaves, an erasing before the file is written without the key.
"""
