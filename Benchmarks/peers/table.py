"""The rows as text, and their place in a page."""
import re
import statistics

MARKS = re.compile(r"(<!-- peers -->\n).*?(<!-- /peers -->)", re.DOTALL)
HEADS = ("system", "settings", "drain, jobs/s", "enqueue one by one, jobs/s", "64 together, jobs/s", "latency p50, ms", "p99, ms", "keeps status", "survives kill -9")
FIGURES = (("drained", 0), ("enqueued", 0), ("batched", 0), ("p50", 2), ("p99", 2))


def spread(values, digits):
    if not values:
        return "—"
    middle = f"{statistics.median(values):,.{digits}f}"
    return middle if len(values) == 1 else f"{middle} ({min(values):,.{digits}f}–{max(values):,.{digits}f})"


def cells(row):
    head = [f"{row['name']} {row['version']}".strip(), row["settings"]]
    if row["reason"]:
        return [*head, "not measured: " + row["reason"].replace("|", "/"), "", "", "", "", row["keeps"], row["survives"]]
    figures = [spread([one[name] for one in row["rounds"] if one[name] is not None], digits) for name, digits in FIGURES]
    return [*head, *figures, row["keeps"], row["survives"]]


def markdown(rows, words):
    lines = ["| " + " | ".join(HEADS) + " |", "|---|---|" + "---:|" * 5 + "---|---|"]
    lines += ["| " + " | ".join(cells(row)) + " |" for row in rows]
    return words + "\n\n" + "\n".join(lines) + "\n"


def replace(page, text):
    """Puts the text between the page's marks."""
    whole = page.read_text()
    if not MARKS.search(whole):
        raise SystemExit(f"{page} has no <!-- peers --> and <!-- /peers -->")
    page.write_text(MARKS.sub(lambda found: found[1] + text + found[2], whole))
