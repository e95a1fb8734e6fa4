"""What the web process is spared, and what it leaves behind."""

import os
import signal
import subprocess
import sys
import textwrap

import psutil

from tests.server import PATIENCE


def test_nothing_outlives_a_web_process_that_is_killed() -> None:
    program = textwrap.dedent("""
        import asyncio
        from app.sandbox.client.sandbox import Sandbox
        from app.settings import Settings
        async def main():
            sandbox = Sandbox(Settings(), "tests.sandbox.bare")
            await sandbox.start()
            await sandbox.until_ready()
            print("ready", flush=True)
            await sandbox.derive("while True: pass")
        asyncio.run(main())
    """)
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as web:
        assert web.stdout is not None
        assert web.stdout.readline() == b"ready\n"
        family = psutil.Process(web.pid).children(recursive=True)
        assert len(family) > 1
        os.kill(web.pid, signal.SIGKILL)
    _, alive = psutil.wait_procs(family, timeout=PATIENCE)
    assert not alive


def test_nothing_of_torch_is_in_the_web_process() -> None:
    program = "import sys, app.sandbox.client.sandbox; print('torch' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert found.stdout == "False\n"
