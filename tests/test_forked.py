"""Jobs as forks of one process: each is as a process of its own."""

import importlib.util
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from running import forked

ROOT = Path(__file__).parents[1]
WORKFLOW = ROOT / "workflow"
SETUP = """
import os, signal, subprocess, sys, threading, time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import forkserver
from pathlib import Path
from types import SimpleNamespace
import psutil
from snakemake.shell import shell
from running import forked

PLAIN = {"conda_env": None, "container_img": None, "env_modules": None, "bench_record": None}

def script(number, text):
    path = Path(f"{number}.py")
    path.write_text(text)
    return SimpleNamespace(jobid=number, **PLAIN), str(path)

def status(number, text):
    try:
        forked._execute(*script(number, text))
    except subprocess.CalledProcessError as error:
        return error.returncode
    return 0

def later(path):
    while not Path(path).exists():
        time.sleep(0.02)
    return Path(path).read_text()

forked.LOADED = ("gaebench.processes.outliving", "json")
os.environ["EARLY"] = "1"
forked.take_over(trainings=1)
server = forkserver._forkserver._forkserver_pid
"""


@pytest.fixture
def run(tmp_path):
    """A function: a program after the setup above -> its lines of output."""

    def run(body: str) -> list[str]:
        path = os.pathsep.join([str(WORKFLOW), str(ROOT)])
        done = subprocess.run(
            [sys.executable, "-c", SETUP + textwrap.dedent(body)],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": path},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.split("\n")[:-1]

    return run


def test_a_script_is_the_main_program_of_a_process_of_its_own(run):
    said = run("""
    os.environ["LATE"] = "2"
    text = '''
    import os, sys, json
    known = [os.environ[name] for name in ("EARLY", "LATE", "OMP_NUM_THREADS")]
    print(json.dumps([__name__, sys.argv, *known]), os.getpid(), os.getppid(), flush=True)
    open("a", "w").write(os.getcwd())
    '''.replace("\\n    ", "\\n")
    print(status(1, text), os.getpid(), server)
    print(Path("a").read_text() == os.getcwd())
    """)
    assert said[0].startswith('["__main__", ["1.py"], "1", "2", "1"]')
    (child, parent), (code, me, server) = said[0].split()[-2:], said[1].split()
    assert code == "0" and parent == server and len({child, me, server}) == 3
    assert said[2] == "True"


def test_a_script_can_start_processes_of_its_own(run):
    text = """
    import multiprocessing
    child = multiprocessing.Process(target=print, args=["in a child"], kwargs={"flush": True})
    child.start()
    child.join()
    assert child.exitcode == 0
    """
    assert run(f"print(status(1, {textwrap.dedent(text)!r}))") == ["in a child", "0"]


@pytest.mark.parametrize(
    "text, status",
    [
        ("import sys; sys.exit(3)", "3"),
        ("1 / 0", "1"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", "-15"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "-9"),
        ("import sys; sys.exit('no')", "1"),
        ("pass", "0"),
    ],
)
def test_how_it_ended_is_known(run, text, status):
    assert run(f"print(status(1, {text!r}))") == [status]


def test_many_at_once_are_each_told_how_theirs_ended(run):
    said = run("""
    with ThreadPoolExecutor(8) as pool:
        text = "import sys, time; time.sleep(0.01 * ({0} % 5)); sys.exit({0} % 7)"
        texts = [text.format(n) for n in range(60)]
        found = list(pool.map(status, range(60), texts))
    print(found == [n % 7 for n in range(60)], len(shell._processes))
    """)
    assert said == ["True 0"]


def test_snakemake_can_terminate_it_and_the_server_outlives_that(run):
    said = run("""
    wait = "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(9)); "
    wait += "open('b', 'w').write('1'); time.sleep(60)"
    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(status, 4, wait)
        later("b")
        os.kill(server, signal.SIGTERM)
        shell.terminate(4)
        print(job.result(), psutil.pid_exists(server), status(5, "pass"))
    """)
    assert said == ["9 True 0"]


def test_a_script_whose_server_was_killed_does_not_write_on_unseen(run):
    said = run("""
    wait = "import os, time; open('b', 'w').write(str(os.getpid())); time.sleep(60); open('c', 'w')"
    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(status, 4, wait)
        while not later("b"):
            pass
        os.kill(server, signal.SIGKILL)
        print(job.result())
    child = int(later("b"))
    time.sleep(0.5)
    alive = psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE
    print(alive, Path("c").exists(), status(5, "pass"))
    """)
    assert said == ["255", "False False 0"]


def test_the_server_ends_with_the_run(run):
    [line] = run("""
    print(status(1, "pass") or server)
    """)
    subprocess.run(["sleep", "1"], check=True)
    assert not Path(f"/proc/{line}").exists() or "Z" in Path(f"/proc/{line}/stat").read_text()


def test_a_script_of_another_environment_is_run_as_ever(run):
    said = run("""
    called = []
    forked._PLAIN = lambda script, fname, edit: called.append((script.conda_env, fname, edit))
    found, name = script(1, "pass")
    found.conda_env = "there"
    forked._execute(found, name)
    print(called)
    """)
    assert said == ["[('there', '1.py', False)]"]


def test_where_no_server_can_be_had_a_script_is_run_as_ever(run):
    said = run("""
    import resource
    called = []
    forked._PLAIN = lambda script, fname, edit: called.append(fname)
    limit = len(os.listdir("/proc/self/fd")) + 1
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    print(status(1, "pass"), called)
    """)
    assert said == ["0 ['1.py']"]


def test_what_the_server_loads_is_there():
    for name in (*forked.LOADED[1:], forked.OF_OPTIMISERS):
        assert importlib.util.find_spec(name), name
