"""Sets up the peers: those from PyPI in an environment of their own, Sidekiq from Debian."""
import filecmp
import functools
import os
import shutil
import subprocess
import sys
import time

from peers.store import HERE, VENV, Failure
from rig import tell

RUBY = ("ruby", "-rsidekiq", "-rhiredis", "-e", "")
PACKAGES = ("ruby-sidekiq", "ruby-hiredis")
PATIENCE = 900  # seconds: a slow mirror


def need(peer):
    """Sets up what the peer needs; raises the reason if it cannot be, without trying again for the next peer."""
    reason = ruby() if peer.file.endswith(".rb") else python()
    if reason:
        raise Failure(reason)


def run(*command):
    """Whether a step of the set-up succeeded; its output is for people to see, and standard output is for the table."""
    tell(" ".join(command[:6]))
    try:
        return subprocess.run(command, stdout=sys.stderr, check=False, stdin=subprocess.DEVNULL, timeout=PATIENCE).returncode == 0
    except (OSError, subprocess.TimeoutExpired) as error:
        tell(str(error))
        return False


@functools.cache
def python():
    """Why the packages of PyPI are not there, or nothing."""
    wanted, installed = HERE / "requirements.txt", VENV / "requirements.txt"
    if installed.exists() and filecmp.cmp(wanted, installed, shallow=False):
        return ""
    pip = [str(VENV / "bin/pip"), "install", "--quiet", "--disable-pip-version-check", "-r", str(wanted)]
    if not run(sys.executable, "-m", "venv", "--clear", str(VENV)):
        return "python3 -m venv failed: is python3-venv installed?"
    if not run(*pip):
        # A registry that fails once often answers the second time.
        time.sleep(5)
        if not run(*pip):
            return "pip could not install Benchmarks/peers/requirements.txt"
    shutil.copyfile(wanted, installed)
    return ""


def there():
    return shutil.which("ruby") and subprocess.run(RUBY, capture_output=True, check=False).returncode == 0


@functools.cache
def ruby():
    """Why Sidekiq is not there, or nothing."""
    if there():
        return ""
    missing = " and ".join(PACKAGES)
    if not shutil.which("apt-get"):
        return f"{missing} are missing, and there is no apt-get"
    before = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if before and not shutil.which("sudo"):
        return f"{missing} are missing: install them as root"
    command = [*before, "apt-get", "install", "-y", "--no-install-recommends", *PACKAGES]
    if not run(*command):
        run(*before, "apt-get", "update")
        run(*command)
    return "" if there() else f"apt-get could not install {missing}"
