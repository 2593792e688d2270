"""Reads metrics with Prometheus's own parser, and prints a line for each value: name, labels in order, value."""
import sys
import urllib.request

from prometheus_client.parser import text_string_to_metric_families

with urllib.request.urlopen(sys.argv[1], timeout=30) as answer:
    text = answer.read().decode()
for family in text_string_to_metric_families(text):
    if family.type not in ("counter", "gauge", "histogram") or not family.documentation:
        sys.exit(f"{family.name}: {family.type}, {family.documentation!r}")
    for sample in family.samples:
        print(sample.name, ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items())), sample.value)
