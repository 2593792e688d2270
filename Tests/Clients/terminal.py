"""Runs a command on a terminal of its own and tells what it drew there: terminal.py COLUMNS WORD COMMAND…

Waits until WORD has been drawn, interrupts the command as Ctrl-C does, and prints what was seen as JSON.
"""

import fcntl
import json
import os
import pty
import re
import struct
import sys
import termios

columns, word, command = int(sys.argv[1]), sys.argv[2].encode(), sys.argv[3:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))

drawn = b""
interrupted = False
while True:
    try:
        piece = os.read(terminal, 65536)
    except OSError:  # the command has ended
        break
    if not piece:
        break
    drawn += piece
    if word in drawn and not interrupted:
        interrupted = True
        os.write(terminal, b"\x03")
_, status = os.waitpid(child, 0)

text = drawn.decode().replace("^C", "")  # the terminal's own echo
entered, left = text.find("\x1b[?1049h"), text.rfind("\x1b[?1049l")
inside = text[entered:left] if entered >= 0 else ""
lines = re.split(r"[\r\n]+", re.sub(r"\x1b\[[?0-9;]*[A-Za-z]", "", inside))
print(
    json.dumps(
        {
            "entered": entered >= 0,
            "left": left > entered,
            "cursor": "\x1b[?25l" in text and text.rfind("\x1b[?25h") > text.rfind("\x1b[?25l"),
            "widest": max((len(line) for line in lines), default=0),
            "colored": bool(re.search(r"\x1b\[[0-9;]*m", text)),
            "status": os.waitstatus_to_exitcode(status),
            "text": "\n".join(lines)[:2000],
        }
    )
)
