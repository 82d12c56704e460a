"""Prints the comparison as a table: medians of the runs, and the wrong fen against math/big."""

import json
import os
import statistics
import sys

work, runs, rows = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


def read(name):
    with open(os.path.join(work, name)) as f:
        return json.load(f)


def median(who, field):
    return statistics.median(read(f"{who}.{run}.json")[field] for run in range(1, runs + 1))


print(f"{rows:,} organisations, {os.path.getsize(os.path.join(work, 'population.parquet')) / 2**20:.0f} MiB snappy Parquet, "
      f"{runs} runs each, alternating, medians; {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}\n")
print("| engine | file to results, ms | CPU ms | peak RSS MiB | rows with a wrong fen | largest error, fen |")
print("| --- | --- | --- | --- | --- | --- |")
for who, name in (("ours", "Qianmo"), ("float32", "OpenFisca (float32, its default)"), ("float64", "OpenFisca (float64, patched)")):
    wrong = read(f"{who}.wrong.json")
    print(f"| {name} | {median(who, 'ms'):.0f} | {median(who, 'cpu_ms'):.0f} | {median(who, 'peak_mib'):.0f} | {wrong['wrong_rows']:,} | {wrong['largest_fen']:,} |")
ratio = {field: median("float32", field) / median("ours", field) for field in ("ms", "cpu_ms", "peak_mib")}
print(f"\nOpenFisca float32 / Qianmo: {ratio['ms']:.1f} times the time, {ratio['cpu_ms']:.1f} the CPU, {ratio['peak_mib']:.1f} the memory")
print(f"versions: {read('ours.1.json')['version']}; {read('float32.1.json')['version']}")
single = read("single.json")
print(f"one organisation against {single['measures']} measures: full trace p50 {single['trace_p50_us']:.0f} us, p99 {single['trace_p99_us']:.0f} us "
      f"(CPU p50 {single['trace_cpu_p50_us']:.0f}, p99 {single['trace_cpu_p99_us']:.0f}); "
      f"in words and printed p50 {single['json_p50_us']:.0f} us, p99 {single['json_p99_us']:.0f} us")
