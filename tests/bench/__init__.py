"""make bench: what the portal costs, as ratios to what the same machine can do at best in the same run.

Each thing is measured in turns with its floor, so that a busy machine is busy for both. Floors are served by
`tests.bench.toy`, as bare a Django as there is, on the same database. Sizes come from BENCH_REQUESTS and BENCH_CALLS; the gate
runs it small, to see that it still runs. One JSON object a line, on the file descriptor of BENCH_FD, else on standard output.
"""
