"""The accepted counts, and what is said of counts that differ."""
import json

from counting.requests import CONNECTIONS, COUNTED, KINDS
from counting.walk import BATCH, BATCHES, PHASES
from rig import ROOT

FILE = ROOT / "Benchmarks/instructions.json"
PAGE = ROOT / "docs/performance.md"
MARKERS = ("<!-- instructions -->", "<!-- /instructions -->")
SIDES = ("ours", "redis")
SIDE_NAMES = {"ours": "Stepstream", "redis": "Redis"}
NAMES = [phase + suffix for suffix in BATCHES for phase in PHASES] + [kind.name + suffix for kind, suffix in COUNTED]
# What Redis does meanwhile is not theirs.
WITHOUT_REDIS = {kind.name + suffix for kind, suffix in COUNTED if not kind.uses_redis}


def read():
    return json.loads(FILE.read_text()) if FILE.exists() else {}


def same(accepted, now, side):
    """Whether counts of a side can be compared: the machine's kind, and the first two numbers of the version."""
    name = "redis" if side == "redis" else "swift"
    return accepted["machine"] == now["machine"] and accepted[name].split(".")[:2] == now[name].split(".")[:2]


def rows(counts, accepted):
    """Name, side, count, accepted count, difference in percent."""
    found = []
    for name in NAMES:
        for side in [side for side in SIDES if side in counts[name]]:
            count, old = counts[name][side], accepted.get("counts", {}).get(name, {}).get(side)
            found.append((name, side, count, old, 100 * (count - old) / old if old else None))
    return found


def judge(found, accepted, now):
    """Sentences about counts that left the tolerance, and whether one of them is a failure."""
    tolerance, sentences, failed = accepted.get("tolerance", 0), [], False
    for name, side, count, old, change in found:
        if change is None and accepted.get("counts"):
            failed = True
            sentences.append(f"There is no accepted count of {name}, {SIDE_NAMES[side]}: make instructions-accept.")
        if change is None or abs(change) <= tolerance:
            continue
        direction = "more" if change > 0 else "less"
        what = f"{name} takes {SIDE_NAMES[side]} {count:,} instructions an operation, {abs(change):.1f} % {direction} than {old:,}"
        if not same(accepted, now, side):
            sentences.append(f"{what}; those were counted with another version, so this is no failure.")
        elif change > 0:
            failed = True
            sentences.append(
                f"{what}: too many (tolerance {tolerance} %). Where they go: "
                f"callgrind_annotate .build/instructions/{side}.{name.replace(' ', '-')} | swift demangle --simplified. "
                "If it is worth it: make instructions-accept."
            )
        else:
            sentences.append(f"{what}: better. Keep it so: make instructions-accept.")
    return sentences, failed


def judge_trips(trips, accepted):
    """The same of how often Redis was spoken to for one operation alone. What is done every second adds a little."""
    sentences, failed = [], False
    for name, count in trips.items():
        old = accepted.get("trips", {}).get(name)
        if old is None or round(count) == old:
            continue
        failed = failed or round(count) > old
        sentences.append(f"{name} takes {count:.1f} round trips to Redis instead of {old}: {'too many' if round(count) > old else 'better'}.")
    return sentences, failed


def table(found, calls, trips):
    print("Thousand instructions an operation" + f"{'counted':>18}{'accepted':>11}{'difference':>12}")
    for name, side, count, old, change in found:
        beside = f"{old / 1000:11.2f}{change:+10.1f} %" if old else f"{'none':>11}"
        print(f"{f'  {name}, {SIDE_NAMES[side]}':<34}{count / 1000:18.2f}{beside}")
    for suffix in BATCHES:
        phases = [phase + suffix for phase in PHASES]
        for side in SIDES:
            total = sum(row[2] for row in found if row[0] in phases and row[1] == side)
            print(f"  {f'all four{suffix}, ' + SIDE_NAMES[side]:<32}{total / 1000:18.2f}")
    print("Operations to a call of Redis: " + ", ".join(f"{name} {operations / max(1, called):.1f}" for name, (operations, called) in calls.items()))
    print("Round trips to Redis: " + ", ".join(f"{name} {count:.1f}" for name, count in trips.items()))


def write_page(accepted):
    """Writes the accepted counts into the page."""
    lines = [
        f"Thousand instructions an operation; {accepted['machine']}, Swift {accepted['swift']}, Redis {accepted['redis']}.", "",
        f"| | Stepstream, {BATCH} together (requests: {CONNECTIONS['']}) | Redis | Stepstream, alone | Redis |", "|---|---:|---:|---:|---:|",
    ]

    def cells(name):
        return [accepted["counts"].get(name + suffix, {}).get(side) for suffix in BATCHES for side in SIDES]

    def line(name, counts):
        lines.append(f"| {name} | " + " | ".join("" if count is None else f"{count / 1000:.1f}" for count in counts) + " |")

    for phase in PHASES:
        line(phase, cells(phase))
    line("all four", [sum(column) for column in zip(*map(cells, PHASES))])
    for kind in KINDS:
        line(kind.words, cells(kind.name))
    text, (start, end) = PAGE.read_text(), MARKERS
    before, rest = text.split(start, 1)
    PAGE.write_text(before + start + "\n" + "\n".join(lines) + "\n" + end + rest.split(end, 1)[1])


def accept(counts, trips, now, old):
    accepted = {"tolerance": old.get("tolerance", 8), **now, "counts": counts, "trips": {name: round(count) for name, count in trips.items()}}
    FILE.write_text(json.dumps(accepted, indent=2) + "\n")
    write_page(accepted)
    print(f"Accepted: {FILE.relative_to(ROOT)} and {PAGE.relative_to(ROOT)} are written.")
