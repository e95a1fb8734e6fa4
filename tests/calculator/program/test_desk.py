"""Files that are only in memory."""
# ruff: noqa: E501  # a program a line

from pathlib import Path

import pytest

from app.calculator import derive

ROUND_TRIPS = {
    "text": "with open('a.txt', 'w') as f: f.write('1\\n2\\n')\nprint(open('a.txt').readlines())",
    "appended": "open('a', 'w').write('x')\nwith open('a', 'a') as f: f.write('y')\nprint(open('a').read())",
    "bytes": "open('a', 'wb').write(b'\\xff')\nprint(open('a', 'rb').read())",
    "folders": "import os\nos.makedirs('d/e', exist_ok=True)\nopen('d/e/f', 'w').close()\nprint(os.listdir('d/e'),"
    " os.path.exists('d'), os.path.isfile('d/e/f'), os.path.getsize('d/e/f'), os.getcwd())",
    "removed": "import os\nopen('a', 'w').close()\nos.remove('a')\nprint(os.path.exists('a'))",
    "searched": "import glob, os\nfrom pathlib import Path\nos.makedirs('d/e')\nPath('d/e/f.txt').touch()\n"
    "print(glob.glob('d/**/*.txt', recursive=True), list(Path('d').rglob('*')), list(os.walk('d')))",
    "moved": "import os, shutil\nos.mkdir('d')\nopen('d/a', 'w').write('x')\nos.rename('d', 'e')\n"
    "shutil.copy('e/a', 'b')\nshutil.rmtree('e')\nprint(os.listdir(), open('b').read())",
    "temporary": "import os, tempfile\nwith tempfile.TemporaryDirectory() as d: open(d + '/a', 'w').close()\n"
    "with tempfile.NamedTemporaryFile('w+') as f: print(f.write('a'), f.seek(0), f.read(), os.path.exists(d))",
    "torch": "import torch\nnet = torch.nn.Linear(1, 1)\ntorch.save(net.state_dict(), 'net.pt')\n"
    "print(net.load_state_dict(torch.load('net.pt')))",
    "numpy": "import numpy as np\nnp.save('a.npy', np.eye(2))\nprint(np.load('a.npy').sum())",
    "pickle": "import pickle\nclass A: x = 1\npickle.dump(A(), open('a', 'wb'))\nprint(pickle.load(open('a', 'rb')).x)",
    "json and csv": "import csv, json\njson.dump([1], open('a', 'w'))\nprint(json.load(open('a')))\n"
    "csv.writer(open('b', 'w', newline='')).writerow([1, 2])\nprint(open('b').read().strip())",
    "path": "from pathlib import Path\nPath('a').write_text('hi')\nprint(Path('a').read_text())",
    "figure": "import matplotlib.pyplot as plt, os\nplt.plot([1, 2])\nplt.title('é $x^2$')\nplt.savefig('a.png')\n"
    "plt.show()\nprint(os.path.getsize('a.png') > 1000)",
}  # fmt: skip


@pytest.mark.parametrize("name", ROUND_TRIPS)
def test_what_is_written_can_be_read(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    derivation = derive(ROUND_TRIPS[name])
    assert derivation.error is None
    assert derivation.printed.strip()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("program", "error"),
    [
        ("open('a')", "[Errno 2] No such file or directory: 'a'"),
        ("open('no/a', 'w')", "[Errno 2] No such file or directory: 'no/a'"),
        ("import torch\ntorch.load('a.pt')", "[Errno 2] No such file or directory: 'a.pt'"),
        ("open('a', 'x').close()\nopen('a', 'x')", "[Errno 17] File exists: 'a'"),
        ("open('/etc/passwd')", "[Errno 2] No such file or directory: '/etc/passwd'"),
        ("open('a', 'q')", "invalid mode: 'q'"),
        ("import os\nos.mkdir('a')\nos.mkdir('a')", "[Errno 17] File exists: 'a'"),
        ("import os\nos.mkdir('a/b')", "[Errno 2] No such file or directory: 'a/b'"),
        ("import os\nos.makedirs('a/b')\nos.rmdir('a')", "[Errno 39] Directory not empty: 'a'"),
        ("import os\nos.rename('a', 'b')", "[Errno 2] No such file or directory: 'a' -> 'b'"),
        ("import os\nos.remove('a')", "[Errno 2] No such file or directory: 'a'"),
    ],
)
def test_what_is_not_there_is_pythons_own_error(program: str, error: str) -> None:
    found = derive(program).error
    assert found is not None
    assert found.message == error


def test_nothing_stays_for_the_next_program() -> None:
    derive("open('a', 'w').write('x')")
    error = derive("open('a')").error
    assert error is not None
    assert error.type == "FileNotFoundError"
