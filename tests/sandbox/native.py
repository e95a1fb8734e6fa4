"""Programs that go past Python: raw system calls, forged replies, and whatever undoes what watches them.

Each is a hostile program of its own, by name. A system call has to be refused or to end the process.
"""
# ruff: noqa: E501  # a program a line

CALLS: dict[str, tuple[int, str]] = {
    # processes
    "fork": (57, ""), "vfork": (58, ""), "clone": (56, "17, 0, 0, 0, 0"), "clone3": (435, "0, 88"),
    "execve": (59, "b'/bin/sh', 0, 0"), "execveat": (322, "-100, b'/bin/sh', 0, 0, 0"),
    "kill": (62, "1, 9"), "kill all": (62, "-1, 9"), "tkill": (200, "1, 9"), "tgkill": (234, "1, 1, 9"),
    "rt_sigqueueinfo": (129, "1, 9, 0"), "pidfd_open": (434, "1, 0"), "pidfd_send_signal": (424, "3, 9, 0, 0"),
    "pidfd_getfd": (438, "3, 0, 0"), "ptrace": (101, "16, 1, 0, 0"), "process_vm_readv": (310, "1, 0, 0, 0, 0, 0"),
    "process_vm_writev": (311, "1, 0, 0, 0, 0, 0"), "kcmp": (312, "1, 1, 0, 0, 0"), "wait4": (61, "-1, 0, 0, 0"),
    # files
    "open": (2, "b'/etc/passwd', 0"), "creat": (85, "b'/tmp/canary', 511"), "openat": (257, "-100, b'/', 65536"),
    "openat2": (437, "-100, b'/etc/passwd', 0, 24"), "unlink": (87, "b'/tmp/canary'"), "stat": (4, "b'/', 0"),
    "mkdir": (83, "b'/tmp/canary', 511"), "rename": (82, "b'/etc', b'/x'"), "link": (86, "b'/etc/passwd', b'/x'"),
    "symlink": (88, "b'/', b'/x'"), "chmod": (90, "b'/', 511"), "mknod": (133, "b'/tmp/canary', 24576, 256"),
    "mount": (165, "b'none', b'/', b'tmpfs', 0, 0"), "umount2": (166, "b'/', 2"), "chroot": (161, "b'/'"),
    "pivot_root": (155, "b'.', b'.'"), "name_to_handle_at": (303, "-100, b'/', 0, 0, 0"), "getcwd": (79, "0, 0"),
    "memfd_create": (319, "b'x', 0"), "inotify_init": (253, ""), "fanotify_init": (300, "0, 0"), "swapon": (167, "b'/', 0"),
    # network and what processes share
    "socket": (41, "2, 1, 0"), "socketpair": (53, "1, 1, 0, 0"), "connect": (42, "3, 0, 0"), "bind": (49, "3, 0, 0"),
    "accept": (43, "3, 0, 0"), "sendmsg": (46, "3, 0, 0"), "recvmsg": (47, "3, 0, 0"), "shmget": (29, "0, 4096, 950"),
    "msgget": (68, "0, 950"), "semget": (64, "0, 1, 950"), "mq_open": (240, "b'x', 64, 511, 0"), "keyctl": (250, "0, -3, 1"),
    "add_key": (248, "b'user', b'x', b'y', 1, -3"), "request_key": (249, "b'user', b'x', 0, -3"),
    # privileges and limits
    "unshare": (272, "268435456"), "setns": (308, "3, 0"), "setuid": (105, "0"), "capset": (126, "0, 0"),
    "prctl PDEATHSIG": (157, "1, 0, 0, 0, 0"), "prctl DUMPABLE": (157, "4, 1, 0, 0, 0"), "seccomp": (317, "1, 0, 0"),
    "prctl SECCOMP": (157, "22, 0, 0, 0, 0"), "prlimit64": (302, "0, 9, 0, 0"), "setrlimit": (160, "9, 0"),
    "sched_setaffinity": (203, "0, 8, 0"), "setpriority": (141, "0, 0, -20"), "ioprio_set": (251, "1, 0, 0"),
    "personality": (135, "262144"), "bpf": (321, "0, 0, 0"), "io_uring_setup": (425, "8, 0"), "userfaultfd": (323, "0"),
    "perf_event_open": (298, "0, 0, -1, -1, 0"), "init_module": (175, "0, 0, b''"), "kexec_load": (246, "0, 0, 0, 0"),
    "reboot": (169, "0, 0, 0, 0"), "iopl": (172, "3"), "ioperm": (173, "0, 1, 1"), "modify_ldt": (154, "1, 0, 0"),
    "clock_settime": (227, "0, 0"), "sethostname": (170, "b'x', 1"), "syslog": (103, "3, 0, 0"), "ioctl": (16, "3, 21522, 0"),
    "setitimer": (38, "0, 0, 0"), "landlock": (444, "0, 0, 0"), "dup": (32, "3"), "sendfile": (40, "3, 3, 0, 1"),
    "executable memory": (9, "0, 4096, 7, 34, -1, 0"), "x32": (0x40000000 + 39, ""),
}  # fmt: skip
"""By name, the number on x86-64 and the arguments."""
CALL = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
print("before", flush=True)
print(libc.syscall({number}, {arguments}))
"""

FORGED = '{"printed": "forged", "variables": [], "truncated": false, "error": null}'
REPLY = """
import os, struct
body = {body}
for descriptor in range(3, 64):
    try:
        os.write(descriptor, struct.pack("<II", len(body), 0) + body)
    except OSError:
        pass
{then}
"""
TRAINING = """
import torch
x = torch.ones(3, requires_grad=True)
for i in range(5):
    (x * i).sum().backward()
"""

PROGRAMS: dict[str, str] = {
    "a forged reply": REPLY.format(body=f"b{FORGED!r}", then="os._exit(0)"),
    "a forged reply, then the real one": REPLY.format(body=f"b{FORGED!r}", then=""),
    "a reply of thirty thousand steps": REPLY.format(
        body='b\'{"printed": "", "variables": [], "truncated": false, "error": null, "steps": [\''
        ' + b",".join([b\'{"line": 1, "event": "line"}\'] * 30_000) + b"]}"',
        then="os._exit(0)",
    ),
    "a reply of a hundred thousand numbers": REPLY.format(
        body='b\'{"printed": "", "truncated": false, "error": null, "variables": [{"name": "a", "text": "", "value": "",\''
        ' b\'"shape": [], "dtype": "", "requires_grad": false, "is_leaf": true, "grad": null, "grad_state": "none",\''
        ' b\'"grad_fn": null, "value_numbers": [\' + b",".join([b"1"] * 100_000) + b"]}]}"',
        then="os._exit(0)",
    ),
    "text before a crash": "import ctypes\nprint('kept')\nctypes.string_at(0)\n",
    "the paper overwritten": "import gc, mmap\nprint('kept')\nfor thing in gc.get_objects():\n"
    "    if isinstance(thing, mmap.mmap):\n        thing[:] = b'\\xff' * len(thing)\nimport os\nos._exit(0)\n",
    "signals blocked": "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass\n",
    "an audit hook": "import sys\ndef hook(*_): raise RuntimeError\nsys.addaudithook(hook)\n" + TRAINING,
    "a mode left on": "import torch\nfrom torch.overrides import TorchFunctionMode\nclass M(TorchFunctionMode):\n"
    "    def __torch_function__(self, *_, **__):\n        while True: pass\nM().__enter__()\n",
    "a fix that ends the process": "n = lenn([1])\nimport os\nos._exit(3)\n",
    "a flood": "import os\nfor d in range(3, 64):\n    try:\n        while True: os.write(d, b'{' * 2**20)\n"
    "    except OSError: pass\n",
    "a reply that never ends": REPLY.format(body="b'['", then="while True: pass"),
    "the next program's job read in advance": "import os\nfor d in range(3, 64):\n    try: print(os.read(d, 100))\n"
    "    except OSError: pass\n",
    "the socket closed": "import os\nos.closerange(0, 64)\n",
    "exit without a word": "import os\nos._exit(0)\n",
    "abort": "import os\nos.abort()\n",
    "segmentation fault": "import ctypes\nctypes.string_at(0)\n",
    "a stopped process": "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\n",
    "the soft stop ignored": "import signal\nsignal.signal(signal.SIGUSR1, signal.SIG_IGN)\nwhile True: pass\n",
    "the soft stop caught": "while True:\n    try:\n        while True: pass\n    except BaseException: pass\n",
    "the soft stop caught at depth": "def f(n):\n    while True:\n        try:\n            f(n - 1) if n else None\n"
    "        except BaseException: pass\nf(50)\n",
    "the soft stop replaced": "import signal\nsignal.signal(signal.SIGUSR1, lambda *_: None)\nwhile True: pass\n",
    "the processor limit ignored": "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: 9**9**7\n",
    "a tracer": "import sys\ndef trace(*_):\n    raise SystemExit(3)\nsys.settrace(trace)\n" + TRAINING,
    "a profiler": "import sys\nsys.setprofile(lambda *_: 1 / 0)\n" + TRAINING,
    "no recursion allowed": "import sys\nsys.setrecursionlimit(60)\n" + TRAINING,
    "recursion without limit": "import sys\nsys.setrecursionlimit(10**9)\ndef f(): return [f()]\nf()\n",
    "the recorder patched": "import gc\nfor thing in gc.get_objects():\n"
    "    if type(thing).__name__ in ('Recording', 'Hooks', 'Ledger', 'Playback'):\n"
    "        try: vars(thing).clear()\n        except Exception: pass\n" + TRAINING,
    "the recorder replaced": "import app.calculator.explain.recording as r\n"
    "r.Recording.executed = r.Recording.called = lambda *_: 1 / 0\n" + TRAINING,
    "the explanation replaced": "import app.calculator.derivation as d\n"
    "d.explained = lambda *_: {}['x']\nd.variables = None\n" + TRAINING,
    "the record replaced": "import app.calculator.derivation as d\nd.record = lambda *_: 'not a record'\n",
    "the writing replaced": "from app.protocol.gradients import Derivation\n"
    "Derivation.model_dump_json = lambda self: '<script>alert(1)</script>'\n",
    "print options": "import torch\ntorch.set_printoptions(precision='x')\n" + TRAINING,
    "print options without end": "import torch\ntorch.set_printoptions(profile='full', linewidth=1)\n"
    "x = torch.zeros(10**6)\n",
    "torch's own printing patched": "import torch\nimport torch._tensor_str as s\n"
    "s._str = lambda *a, **k: 1 / 0\n" + TRAINING,
    "printing that never ends": "import torch\nimport torch._tensor_str as s\ndef f(*a, **k):\n    while True: pass\n"
    "s._str = f\n" + TRAINING,
    "a tensor with its own repr": "import torch\nclass T(torch.Tensor):\n    def __repr__(self): raise SystemExit(9)\n"
    "x = torch.ones(2).as_subclass(T)\n",
    "a tensor that answers everything": "import torch\nclass T(torch.Tensor):\n    @classmethod\n"
    "    def __torch_function__(cls, *a, **k): raise KeyboardInterrupt\nx = torch.ones(2).as_subclass(T)\n",
    "a value that lies about its class": "import torch\nclass Liar:\n    @property\n    def __class__(self): return torch.Tensor\n"
    "x = Liar()\n",
    "a value whose class never ends": "class Slow:\n    @property\n    def __class__(self):\n        while True: pass\n"
    "x = Slow()\ny = 1\n",
    "a module that lies": "import torch\nclass Net(torch.nn.Module):\n    def __getattr__(self, name): raise SystemExit\n"
    "net = Net.__new__(Net)\n",
    "an error that cannot be written": "class E(Exception):\n    def __str__(self): raise SystemExit(9)\nraise E\n",
    "an error that is huge": "raise ValueError('x' * 10**8)\n",
    "an error of a class without a name": "M = type('M', (type,), {'__name__': property(lambda c: 1 / 0)})\n"
    "raise M('E', (Exception,), {})\n",
    "built-ins taken away": "import builtins\nfor name in dir(builtins):\n    if not name.startswith('_'):\n"
    "        try: setattr(builtins, name, None)\n        except Exception: pass\n",
    "torch taken away": "import torch, sys\nfor name in dir(torch):\n    if not name.startswith('__'):\n"
    "        try: setattr(torch, name, None)\n        except Exception: pass\n",
    "modules taken away": "import sys\nsys.modules.clear()\nx = 1\n",
    "the output taken away": "import sys\nsys.stdout = sys.stderr = None\nprint(1)\n",
    "what runs at the end": "import atexit\natexit.register(lambda: print(1 / 0))\nclass D:\n"
    "    def __del__(self):\n        while True: pass\nx = D()\n",
    "threads": "import threading\nfor _ in range(1000): threading.Thread(target=print).start()\n",
    "torch's threads": "import torch\ntorch.set_num_threads(100_000)\ntorch.ones(10**5) @ torch.ones(10**5)\n",
    "huge prints": "while True: print('x' * 10**6)\n",
    "huge ints": "print(len(str(9**9**9)))\n",
    "huge ints printed": "import sys\nsys.set_int_max_str_digits(0)\nprint(10**10**6)\n",
    "memory": "x = []\nwhile True: x.append(bytearray(2**20))\n",
    "memory of the zygote's": "import gc\nwhile True:\n    for thing in gc.get_objects(): hash(id(thing))\n",
    "memory of torch's": "import torch\nx = [torch.ones(2**18) for _ in range(10**6)]\n",
    "file names": "print([open(n).read() for n in ('/etc/passwd', '/proc/self/environ', '/proc/1/cmdline', '.env')])\n",
    "a file written and executed": "import os\nopen('/tmp/canary', 'w').write('#!/bin/sh')\nos.system('/tmp/canary')\n",
    "a shell": "import subprocess\nprint(subprocess.run('echo PWNED > canary', shell=True))\n",
    "the environment": "import os\nprint(dict(os.environ))\n",
    "a download": "import urllib.request\nprint(urllib.request.urlopen('http://127.0.0.1:1/').read())\n",
    "a server": "import http.server\nhttp.server.HTTPServer(('', 8000), None).serve_forever()\n",
    "executable memory by mmap": "import mmap\nmmap.mmap(-1, 4096, prot=7)\n",
    "an import of a file": "import importlib.util as u\nspec = u.spec_from_file_location('x', '/etc/passwd')\n"
    "u.module_from_spec(spec)\n",
    "markup": "print('<img src=x onerror=alert(1)>')\nraise ValueError('<script>alert(1)</script>')\n",
    "a pickle": "import pickle\npickle.loads(b\"cos\\nsystem\\n(S'echo PWNED > canary'\\ntR.\")\n",
}
"""By name, a program."""


def programs() -> dict[str, str]:
    """All of them, by name."""
    calls = {
        f"call {name}": CALL.format(number=number, arguments=arguments)
        for name, (number, arguments) in CALLS.items()
    }
    return {**calls, **PROGRAMS}
