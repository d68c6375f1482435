"""A login at a terminal of its own; runs inside a rig machine.

Called as ``sitting.py ACCOUNT PIPE [ROWS COLUMNS]``.

What is shown goes to standard output, what is written to the named pipe is typed.
"""

import fcntl
import os
import pty
import select
import struct
import sys
import termios

account, pipe, *size = sys.argv[1:]
rows, columns = map(int, size or (50, 200))
os.mkfifo(pipe)
pid, terminal = pty.fork()
if pid == 0:
    # The terminal becomes the account's, and PAM opens a session.
    os.environ.clear()
    os.environ.update(PATH="/usr/sbin:/usr/bin:/sbin:/bin", TERM="xterm")
    os.execv("/bin/login", ["login", "-f", account])  # noqa: S606 - as a console does
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
# Open for both: it has no end between two who write.
keys = os.open(pipe, os.O_RDWR)
while True:
    ready, _, _ = select.select([terminal, keys], [], [])
    if keys in ready:
        os.write(terminal, os.read(keys, 4096))
    if terminal in ready:
        try:
            shown = os.read(terminal, 65536)
        except OSError:
            break
        os.write(1, shown)
os.waitpid(pid, 0)
