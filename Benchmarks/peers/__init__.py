"""The peers that Benchmarks/peers.py measures: one program each, and what the driver is made of."""
