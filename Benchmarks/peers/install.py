"""Sets up the peers: those from PyPI in an environment of their own, Sidekiq from Debian."""
import filecmp
import os
import shutil
import subprocess
import sys
import time

from peers.store import HERE, VENV, Failure, tell

RUBY = ("ruby", "-rsidekiq", "-rhiredis", "-e", "")
PACKAGES = ("ruby-sidekiq", "ruby-hiredis")


def run(*command):
    """Runs a step of the set-up; its output is for people to see."""
    tell(" ".join(command[:6]))
    return subprocess.run(command, stdout=sys.stderr, check=False, stdin=subprocess.DEVNULL, timeout=900).returncode == 0


def python():
    wanted, installed = HERE / "requirements.txt", VENV / "requirements.txt"
    if installed.exists() and filecmp.cmp(wanted, installed, shallow=False):
        return
    pip = [str(VENV / "bin/pip"), "install", "--quiet", "--disable-pip-version-check", "-r", str(wanted)]
    if not run(sys.executable, "-m", "venv", "--clear", str(VENV)):
        raise Failure("python3 -m venv failed: is python3-venv installed?")
    if not run(*pip):
        # A registry that fails once often answers the second time.
        time.sleep(5)
        if not run(*pip):
            raise Failure("pip could not install Benchmarks/peers/requirements.txt")
    shutil.copyfile(wanted, installed)


def there():
    return shutil.which("ruby") and subprocess.run(RUBY, capture_output=True, check=False).returncode == 0


def ruby():
    if there():
        return
    if not shutil.which("apt-get"):
        raise Failure(f"{' and '.join(PACKAGES)} are missing, and there is no apt-get")
    before = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if before and not shutil.which("sudo"):
        raise Failure(f"{' and '.join(PACKAGES)} are missing: install them as root")
    command = [*before, "apt-get", "install", "-y", "--no-install-recommends", *PACKAGES]
    if not run(*command):
        run(*before, "apt-get", "update")
        run(*command)
    if not there():
        raise Failure(f"apt-get could not install {' and '.join(PACKAGES)}")
