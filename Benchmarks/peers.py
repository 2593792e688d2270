#!/usr/bin/env python3
"""Measures other job systems on Redis beside Stepstream: draining no-op jobs, enqueueing one by one, and the latency at 50 jobs a second.

Sets up the peers by itself (PyPI in .build/peers, Sidekiq by apt-get), gives each round a redis-server of its own, tries each peer's settings
and keeps the best. A peer that fails has the reason in its row. Nothing asserts on the figures: wall time belongs to the machine.
"""
import argparse
import dataclasses
import json
import os
import pathlib
import re
import signal
import subprocess
import sys

from peers import install, stepstream, table
from peers.catalogue import PEERS
from peers.measure import best, measure
from peers.store import Failure
from rig import ROOT, tell

OURS = "stepstream"
LOAD = os.getloadavg()[0]  # others that want the cores are the first reason for odd figures


def row_of(name, **known):
    return {"name": name, "version": "", "settings": "", "keeps": "no", "survives": "", "reason": "", "rounds": [], **known}


def own(bench, choices):
    row = row_of(OURS, settings="1 process × 512 attempts at once", keeps="yes", survives="after its lease, 30 s")
    return row, lambda: stepstream.measure(bench, choices.jobs, choices.samples)


def prepared(peer, choices):
    """The rows of a peer, each with what measures one round of it."""
    try:
        install.need(peer)
        setting = peer.settings[0] if choices.quick else best(peer, max(1, choices.jobs // 4))
        version = peer.version()
    except Failure as failure:
        return [(row_of(peer.name, survives=peer.survives, reason=str(failure)), None)]
    rows = []
    for results in (False, True)[: 1 + peer.keeps]:
        kept = f", results {'on' if results else 'off'}" if peer.keeps else ""
        words = f"{setting.words(peer.unit if setting.concurrency > 1 else '')}{kept}; {peer.note}"
        row = row_of(peer.name, version=version, settings=words, keeps="yes" if results else "no", survives=peer.survives)
        rows.append((row, lambda results=results: measure(peer, setting, results, choices.jobs, choices.samples)))
    return rows


def all_rounds(rows, rounds):
    """Round by round over all peers, so that an hour of a slow machine is shared by all."""
    for number in range(rounds):
        for row, one in rows:
            if row["reason"]:
                continue
            tell(f"round {number + 1} of {rounds}: {row['name']}, {row['settings']}")
            try:
                row["rounds"].append(dataclasses.asdict(one()))
            except Failure as failure:
                row["reason"] = str(failure)


def conditions(choices):
    version = re.search(r"v=([\d.]+)", subprocess.run(["redis-server", "--version"], capture_output=True, text=True, check=True).stdout)
    python, ruby = sys.version.split()[0], "without Ruby"
    try:
        ruby = "Ruby " + subprocess.run(["ruby", "-e", "print RUBY_VERSION"], capture_output=True, text=True, check=True).stdout
    except OSError:
        pass
    return (
        f"{choices.jobs:,} jobs a round, {choices.rounds} round{'s' if choices.rounds > 1 else ''}, {choices.samples} samples of latency each, "
        f"{os.cpu_count()} cores (load before: {LOAD:.1f}), Redis {version[1] if version else '?'}, Python {python}, {ruby}."
    )


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="to see whether it works: one round, few jobs, no search for the best setting")
    parser.add_argument("--rounds", type=int, default=None, help="how many rounds (3; --quick: 1)")
    parser.add_argument("--jobs", type=int, default=None, help="how many jobs a round enqueues and drains (20000; --quick: 2000)")
    parser.add_argument("--only", action="append", choices=[OURS, *(peer.name for peer in PEERS)], help="only this one; can be given several times")
    parser.add_argument("--json", action="store_true", help="print JSON, with the values of all rounds")
    parser.add_argument("--bench", type=pathlib.Path, default=ROOT / ".build/release/stepstream-bench")
    parser.add_argument("--page", type=pathlib.Path, help="write the table between the marks <!-- peers --> and <!-- /peers --> of this page")
    choices = parser.parse_args()
    choices.jobs = choices.jobs or (2000 if choices.quick else 20_000)
    choices.rounds = choices.rounds or (1 if choices.quick else 3)
    if choices.jobs < 100 or choices.rounds < 1:
        parser.error("at least 100 jobs and one round")
    choices.samples = 100 if choices.quick else 500
    return choices


def main():
    choices = arguments()
    # So that what was started is ended when this program is asked to end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    wanted = choices.only or [OURS, *(peer.name for peer in PEERS)]
    rows = [own(choices.bench, choices)] if OURS in wanted else []
    for peer in PEERS:
        if peer.name in wanted:
            rows += prepared(peer, choices)
    all_rounds(rows, choices.rounds)
    tell("")
    found = [row for row, _ in rows]
    words = conditions(choices)
    text = table.markdown(found, words)
    if choices.page:
        table.replace(choices.page, text)
    print(json.dumps({"conditions": words, "rows": found}, ensure_ascii=False) if choices.json else text)


if __name__ == "__main__":
    main()
