"""Children that read hostile files: one question, one answer, and limits of their own.

A question is 8 bytes of length and its bytes, an answer 8 bytes of length and JSON. A child that
a file ends — by its limit of memory or processor time — is started anew for the next one.
"""

from __future__ import annotations

import json
import os
import resource
import select
import struct
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

WAIT_SECONDS: Final = 60
"""How long a child may be silent; its own limit of processor time ends it long before."""

HEAD: Final = struct.Struct(">Q")
_MAX_ANSWER: Final = 8 * 1024 * 1024


class Child:
    """A child process that runs a module of ours; it begins with the first question."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, question: bytes) -> dict[str, Any] | None:
        """What the child answers; None when the question ended it or it fell silent."""
        try:
            answer = self._exchanged(question)
        except OSError:
            # It had died before it was asked, which is no fault of the question.
            self.stop()
            try:
                answer = self._exchanged(question)
            except OSError:
                answer = None
        if answer is None:
            self.stop()
            return None
        found = json.loads(answer)
        return found if isinstance(found, dict) else None

    def _exchanged(self, question: bytes) -> bytes | None:
        process = self._process
        if process is None or process.poll() is not None:
            process = self._process = self._started()
        return _exchange(process, HEAD.pack(len(question)) + question)

    def stop(self) -> None:
        """End the process; the next question starts another."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.communicate()

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-I", "-m", self._module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": "", "LANG": "C.UTF-8"},
            close_fds=True,
        )


def answer_all(
    answer: Callable[[bytes], dict[str, Any]], *, memory_bytes: int, cpu_seconds: int
) -> None:
    """In the child: answer question after question, each within limits, until there are no more."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    take, give = sys.stdin.buffer, sys.stdout.buffer
    while len(head := take.read(HEAD.size)) == HEAD.size:
        question = take.read(HEAD.unpack(head)[0])
        spent = resource.getrusage(resource.RUSAGE_SELF)
        most = int(spent.ru_utime + spent.ru_stime) + 1 + cpu_seconds
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))
        text = json.dumps(answer(question), ensure_ascii=False).encode("utf-8", "replace")
        if len(text) > _MAX_ANSWER:
            text = json.dumps({"stopped": True}).encode()
        give.write(HEAD.pack(len(text)) + text)
        give.flush()


def _exchange(process: subprocess.Popen[bytes], question: bytes) -> bytes | None:
    if process.stdin is None or process.stdout is None:
        return None
    to, back = process.stdin.fileno(), process.stdout.fileno()
    left = memoryview(question)
    while left:
        if not select.select([], [to], [], WAIT_SECONDS)[1]:
            return None
        left = left[os.write(to, left[:65536]) :]
    head = _taken(back, HEAD.size)
    if head is None:
        return None
    length: int = HEAD.unpack(head)[0]
    return _taken(back, length) if length <= _MAX_ANSWER else None


def _taken(back: int, count: int) -> bytes | None:
    """So many bytes, or None when they do not come."""
    found = bytearray()
    while len(found) < count:
        if not select.select([back], [], [], WAIT_SECONDS)[0]:
            return None
        part = os.read(back, min(count - len(found), 65536))
        if not part:
            return None
        found += part
    return bytes(found)
