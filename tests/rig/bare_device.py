"""A USB device that lists no interface at all, played inside a machine of the rig.

A gadget of configfs has functions, and so interfaces. With gadgetfs a program writes
the descriptors itself and answers what the kernel does not. It plays until it is killed.

    modprobe dummy_hcd gadgetfs && mount -t gadgetfs none /mnt
    python3 bare_device.py /mnt/dummy_udc 1234 abcd
"""

import os
import struct
import sys

DEVICE, CONFIGURATION = 1, 2
SETUP = 3
IN = 0x80
EVENT = struct.Struct("<BBHHHI")
"""A setup packet of USB, then the kind of event (linux/usb/gadgetfs.h)."""


def descriptors(vendor: int, product: int) -> bytes:
    # A whole configuration: its 9 bytes, and 0 interfaces; for either speed.
    configuration = struct.pack("<BBHBBBBB", 9, CONFIGURATION, 9, 0, 1, 0, 0x80, 50)
    numbers = (0x0200, 0, 0, 0, 64, vendor, product, 0x0100, 0, 0, 0, 1)
    device = struct.pack("<BBHBBBBHHHBBBB", 18, DEVICE, *numbers)
    return struct.pack("<I", 0) + configuration + configuration + device


def serve(path: str, vendor: int, product: int) -> None:
    device = os.open(path, os.O_RDWR)
    os.write(device, descriptors(vendor, product))
    while True:
        event = os.read(device, EVENT.size)
        for kind, *_, what in EVENT.iter_unpack(event):
            if what == SETUP and not kind & IN:
                os.read(device, 0)  # SET_CONFIGURATION is agreed to.
            elif what == SETUP:
                os.write(device, b"")


if __name__ == "__main__":
    serve(sys.argv[1], *(int(word, 16) for word in sys.argv[2:4]))
