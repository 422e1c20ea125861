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
USER = 1000  # who a submission is, to itself
NOBODY = 65534
NEW_NS, NEW_UTS, NEW_IPC, NEW_USER, NEW_PID, NEW_NET = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 0x1, 0x2, 0x4, 0x8, 0x20
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 24, 38
LEAST_PID_MAX = 301  # the smallest that Linux takes for a pid namespace (from 6.14 on)
MOST_FILES = 8192  # in the box; each takes about a kilobyte of the system's memory

_libc = ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments) -> None:
    if getattr(_libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def _prctl(option: int, *values) -> None:
    _call("prctl", option, *values, *[ctypes.c_ulong(0)] * (4 - len(values)))


def _mount(source: str | None, target: str, kind: str | None, flags: int, options: str = "") -> None:
    text = [value.encode() if value else None for value in (source, target, kind, options)]
    _call("mount", *text[:3], ctypes.c_ulong(flags), text[3])


def leave_root() -> None:
    """Go on as nobody where root has started this: root owns /proc/sys, and Linux does not count root's processes."""
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        _prctl(
            PR_SET_DUMPABLE, ctypes.c_ulong(1)
        )  # else /proc/self stays root's, and no user namespace can be filled in


def enter(limits: dict, keep: int) -> None:
    """Continue in a child that is alone with its folder; returns there only. The caller's process waits and ends with it.

    Parameters
    ----------
    limits : dict
        ``disk`` (bytes of all files), ``memory`` (bytes that one process may take beyond the present),
        ``processes``, ``files`` (open), ``seconds`` (CPU time of one process).
    keep : int
        The one file descriptor besides the standard three that the child needs.
    """
    uid, gid = os.getuid(), os.getgid()
    size = _size()
    _call("unshare", NEW_USER | NEW_NS | NEW_PID | NEW_NET | NEW_IPC | NEW_UTS)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{USER} {uid} 1"), ("gid_map", f"{USER} {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    _wait_for(os.fork())  # the first process of the new pid namespace
    # Whatever ends that waiting process ends this one, and with the first process of a namespace all others in it.
    _prctl(PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL))
    _close_all(keep)
    _mounts(limits)
    # That one only reaps. It keeps its capabilities, so that a submission, which has none, cannot touch its memory.
    _wait_for(os.fork())
    os.setsid()
    os.nice(10)  # whoever watches over it must not wait for it
    _rlimits(limits, size)
    _drop_privileges()
    _seccomp()


def _size() -> tuple[int, int]:
    """Bytes of address space and of private memory that this process has now."""
    with open("/proc/self/statm") as file:
        fields = [int(field) * resource.getpagesize() for field in file.read().split()]
    return fields[0], fields[5]


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


def _mounts(limits: dict) -> None:
    """One writable file system for everything; processes and terminals of its own; all else read-only (bubblewrap's)."""
    plain = MS_NOSUID | MS_NODEV
    _mount(None, "/", None, MS_REC | MS_PRIVATE)
    _mount("tmpfs", BOX, "tmpfs", plain, f"size={limits['disk']},nr_inodes={MOST_FILES},mode=700")
    for place in ("/tmp", "/dev/shm"):
        shown = f"{BOX}{place}"
        os.makedirs(shown)
        _mount(shown, place, None, MS_BIND)
    _mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=620")
    try:
        _mount("proc", "/proc", "proc", plain | MS_NOEXEC)
        _set_for_all(limits["processes"])
        # Root's numbers in /proc/sys are the whole machine's, and a submission may run as root's in a container.
        _mount(None, "/proc", None, MS_REMOUNT | MS_BIND | MS_RDONLY | plain | MS_NOEXEC)
    except OSError:  # in a container whose own /proc is masked Linux refuses a new one; then there is none
        _mount("tmpfs", "/proc", "tmpfs", plain | MS_RDONLY, "size=4k")


def _set_for_all(processes: int) -> None:
    """Settings of the new namespaces, where this Linux has them."""
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


def _rlimits(limits: dict, size: tuple[int, int]) -> None:
    whole, private = size
    wanted = {
        # Less than all processes together may have: so that one that grows gets a MemoryError, and lives.
        resource.RLIMIT_DATA: private + limits["memory"] * 3 // 4,
        # Libraries reserve addresses that they never use.
        resource.RLIMIT_AS: whole + limits["memory"] * 8,
        resource.RLIMIT_NOFILE: limits["files"],
        resource.RLIMIT_FSIZE: limits["disk"],
        resource.RLIMIT_CPU: limits["seconds"],
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if tuple(int(part) for part in platform.release().split(".")[:2]) >= (
        5,
        14,
    ):  # earlier, all of the user's processes count
        wanted[resource.RLIMIT_NPROC] = limits["processes"]
    for what, value in wanted.items():
        resource.setrlimit(what, (value, value))


# System calls that no lesson needs and that have opened sandboxes before: name → number on x86_64, on aarch64.
REFUSED = {
    # memory that belongs to no process: nobody could count it
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    # other processes, the system
    "ptrace": (101, 117),
    "syslog": (103, 116),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "acct": (163, 89),
    "mount": (165, 40),
    "umount2": (166, 39),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "personality": (135, 92),
    "quotactl": (179, 60),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "fanotify_init": (300, 262),
    "pidfd_getfd": (438, 438),
    "fsconfig": (431, 431),
    "fspick": (433, 433),
    "process_madvise": (440, 440),
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
# Column above, number that the kernel gives the machine (linux/audit.h), clone, clone3, socket.
MACHINES = {"x86_64": (0, 0xC000003E, 56, 435, 41), "aarch64": (1, 0xC00000B7, 220, 435, 198)}
# Others leave the network namespace (a virtual machine's AF_VSOCK reaches its host) or are seldom-tested kernel code.
FAMILIES = (1, 2, 10, 16)  # AF_UNIX, AF_INET, AF_INET6, AF_NETLINK
NAMESPACES = NEW_NS | NEW_UTS | NEW_IPC | NEW_USER | NEW_PID | NEW_NET | 0x2000000


def _seccomp() -> None:
    """Refuse dangerous system calls with EPERM (a BPF program as in ``man 2 seccomp``); another architecture is killed."""
    code = b"".join(struct.pack("HBBI", *line) for line in _program(platform.machine()))
    buffer = ctypes.create_string_buffer(code)

    class Filter(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("program", ctypes.c_void_p)]

    filter_ = Filter(len(code) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    _prctl(PR_SET_SECCOMP, ctypes.c_ulong(2), ctypes.byref(filter_))


def _program(machine: str) -> list[tuple[int, int, int, int]]:
    """Instructions ``(code, jump if true, jump if false, value)``."""
    if machine not in MACHINES:
        raise OSError(errno.ENOSYS, f"seccomp: no table for {machine}")
    column, audit, clone, clone3, socket = MACHINES[machine]
    load, equal, mask, give = 0x20, 0x15, 0x45, 0x06
    number, architecture, first = 0, 4, 16  # where they lie in struct seccomp_data
    allow, refuse, kill = 0x7FFF0000, 0x00050000, 0x80000000
    program = [(load, 0, 0, architecture), (equal, 1, 0, audit), (give, 0, 0, kill), (load, 0, 0, number)]
    if machine == "x86_64":  # numbers of the x32 interface
        program += [(0x35, 0, 1, 0x40000000), (give, 0, 0, kill)]
    for numbers in REFUSED.values():
        program += [(equal, 0, 1, numbers[column]), (give, 0, 0, refuse | errno.EPERM)]
    # clone3 does not exist, so that libc takes clone, whose flags can be looked at here.
    program += [(equal, 0, 1, clone3), (give, 0, 0, refuse | errno.ENOSYS)]
    program += [(equal, 0, 4, clone), (load, 0, 0, first), (mask, 0, 1, NAMESPACES)]
    program += [(give, 0, 0, refuse | errno.EPERM), (give, 0, 0, allow)]
    program += [(equal, 0, len(FAMILIES) + 2, socket), (load, 0, 0, first)]
    program += [(equal, len(FAMILIES) - i, 0, family) for i, family in enumerate(FAMILIES)]
    program += [(give, 0, 0, refuse | errno.EAFNOSUPPORT), (give, 0, 0, allow)]
    return program
