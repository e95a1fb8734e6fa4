import subprocess
import sys


def test_the_client_does_not_import_torch() -> None:
    program = "import sys, app.engine.client.local; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
