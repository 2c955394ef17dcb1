"""`python3 -m tests.bench`: run every bench and print its table. Nothing is asserted here."""

from __future__ import annotations

from tests.bench import bench_redeem

if __name__ == "__main__":
    bench_redeem.main()
