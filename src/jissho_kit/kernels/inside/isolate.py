"""Shut a forked process in: own processes, no network, one folder of limited size, no privileges.

Runs inside the outer sandbox (bubblewrap: read-only system, no network, nothing of the course), so that submissions
forked from one warm process can neither see nor reach each other or that process. Linux only; plain system calls
through :mod:`ctypes`, numbers and structures as in ``man 2 unshare``, ``mount``, ``capset``, ``prctl``, ``seccomp``.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
from contextlib import suppress

BOX = "/box"  # the one writable folder
NEW_NS, NEW_UTS, NEW_IPC, NEW_USER, NEW_PID, NEW_NET = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 0x2, 0x4, 0x8, 0x4000, 0x40000
PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 22, 24, 38
LEAST_PID_MAX = 301  # the smallest that Linux takes for a pid namespace (from 6.14 on)

_libc = ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments) -> None:
    if getattr(_libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def _prctl(option: int, *values) -> None:
    _call("prctl", option, *values, *[ctypes.c_ulong(0)] * (4 - len(values)))


def _mount(kind: str | None, target: str, flags: int, options: str = "") -> None:
    text = [value.encode() if value else None for value in (kind, target, kind, options)]
    _call("mount", text[0], text[1], text[2], ctypes.c_ulong(flags), text[3])


def enter(limits: dict, keep: int) -> None:
    """Continue in a child that is alone with its folder; returns there only. The caller's process waits and ends with it.

    Parameters
    ----------
    limits : dict
        ``disk`` (bytes of all files), ``memory`` (bytes of one process's address space beyond the present),
        ``processes``, ``files`` (open), ``seconds`` (CPU time of one process).
    keep : int
        The one file descriptor besides the standard three that the child needs.
    """
    uid, gid = os.getuid(), os.getgid()
    _call("unshare", NEW_USER | NEW_NS | NEW_PID | NEW_NET | NEW_IPC | NEW_UTS)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    _wait_for(os.fork())  # the first process of the new pid namespace
    _prctl(PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL))
    _close_all(keep)
    _mounts(limits["disk"])
    _forbid_more_namespaces(limits["processes"])
    _wait_for(os.fork())  # that one only reaps; when it ends, Linux ends all that is left in the namespace
    os.setsid()
    _drop_privileges()
    _rlimits(limits)
    _seccomp()


def _wait_for(child: int) -> None:
    """In the parent: wait for ``child``, reap all others, end as it ended. In the child: go on."""
    if child == 0:
        return
    _close_all()  # a channel that this process holds would never end
    while True:
        pid, status = os.wait()
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)


def _close_all(keep: int = 2) -> None:
    os.closerange(3, keep)
    os.closerange(keep + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def _mounts(disk: int) -> None:
    _mount(None, "/", MS_REC | MS_PRIVATE)
    plain = MS_NOSUID | MS_NODEV
    _mount("tmpfs", BOX, plain, f"size={disk},nr_inodes=4096,mode=700")
    for place in ("/tmp", "/dev/shm"):
        _mount("tmpfs", place, plain, f"size={disk // 4},nr_inodes=1024,mode=700")
    try:
        _mount("proc", "/proc", plain | MS_NOEXEC)
    except OSError:  # in a container whose own /proc is masked Linux refuses a new one; then there is none
        _mount("tmpfs", "/proc", plain, "size=4k")


def _forbid_more_namespaces(processes: int) -> None:
    for name, value in (("user/max_user_namespaces", 0), ("kernel/pid_max", max(processes, LEAST_PID_MAX))):
        with suppress(OSError), open(f"/proc/sys/{name}", "w") as file:
            file.write(str(value))


def _drop_privileges() -> None:
    for capability in range(64):
        with suppress(OSError):
            _prctl(PR_CAPBSET_DROP, ctypes.c_ulong(capability))
    header, nothing = struct.pack("Ii", 0x20080522, 0), bytes(24)
    _call("capset", header, nothing)
    _prctl(PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1))


def _rlimits(limits: dict) -> None:
    with open("/proc/self/statm") as file:
        pages = int(file.read().split()[0])
    wanted = {
        resource.RLIMIT_AS: pages * resource.getpagesize() + limits["memory"],
        resource.RLIMIT_NPROC: limits["processes"],
        resource.RLIMIT_NOFILE: limits["files"],
        resource.RLIMIT_FSIZE: limits["disk"],
        resource.RLIMIT_CPU: limits["seconds"],
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    for what, value in wanted.items():
        resource.setrlimit(what, (value, value))


# System calls that no lesson needs and that have opened sandboxes before: name → number on x86_64, on aarch64.
REFUSED = {
    "ptrace": (101, 117),
    "syslog": (103, 116),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "acct": (163, 89),
    "mount": (165, 40),
    "umount2": (166, 39),
    "swapon": (167, 224),
    "reboot": (169, 142),
    "init_module": (175, 105),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "unshare": (272, 97),
    "perf_event_open": (298, 241),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "setns": (308, 268),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "finit_module": (313, 273),
    "kexec_file_load": (320, 294),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsmount": (432, 432),
    "mount_setattr": (442, 442),
}
CLONE, CLONE3 = {"x86_64": (56, 435), "aarch64": (220, 435)}, errno.ENOSYS
ARCHITECTURE = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
NAMESPACES = NEW_NS | NEW_UTS | NEW_IPC | NEW_USER | NEW_PID | NEW_NET | 0x2000000


def _seccomp() -> None:
    """Refuse dangerous system calls with EPERM (a BPF program as in ``man 2 seccomp``); another architecture is killed."""
    machine = platform.machine()
    column, audit = ARCHITECTURE[machine]
    clone, clone3 = CLONE[machine]
    load, equal, mask, give = 0x20, 0x15, 0x45, 0x06
    allow, refuse, kill = 0x7FFF0000, 0x00050000, 0x80000000
    program = [(load, 0, 0, 4), (equal, 1, 0, audit), (give, 0, 0, kill), (load, 0, 0, 0)]
    if machine == "x86_64":  # numbers of the x32 interface
        program += [(0x35, 0, 1, 0x40000000), (give, 0, 0, kill)]
    for numbers in REFUSED.values():
        program += [(equal, 0, 1, numbers[column]), (give, 0, 0, refuse | errno.EPERM)]
    program += [
        (equal, 0, 1, clone3),
        (give, 0, 0, refuse | errno.ENOSYS),
    ]  # so that libc takes clone, whose flags show
    program += [(equal, 0, 3, clone), (load, 0, 0, 16), (mask, 0, 1, NAMESPACES), (give, 0, 0, refuse | errno.EPERM)]
    program += [(give, 0, 0, allow)]
    code = b"".join(struct.pack("HBBI", *line) for line in program)
    buffer = ctypes.create_string_buffer(code)

    class Filter(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("program", ctypes.c_void_p)]

    filter_ = Filter(len(program), ctypes.cast(buffer, ctypes.c_void_p))
    _prctl(PR_SET_SECCOMP, ctypes.c_ulong(2), ctypes.byref(filter_))
