"""What the peers' arms share: a line {"case", "steps"} on stdin is answered with {"ms", "cpuMs"}, the time of a step."""

import json
import sys
import time
from pathlib import Path

import numpy as np

CASES = json.loads((Path(__file__).parent / "cases.json").read_text())
chance = np.random.default_rng(1)


def floats(*shape):
    return chance.uniform(-1, 1, shape).astype(np.float32)


def wholes(below, *shape):
    return chance.integers(0, below, shape).astype(np.int32)


def serve(name, begin):
    """begin: for each case a function that returns (step, settle)."""
    begun = {}
    print(json.dumps({"ready": name}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        case, steps = asked["case"], asked["steps"]
        if case not in begun:
            begun[case] = begin[case](CASES[case])
        step, settle = begun[case]
        settle()
        began, cpu = time.perf_counter(), time.process_time()
        for _ in range(steps):
            step()
        settle()
        spent = {"ms": time.perf_counter() - began, "cpuMs": time.process_time() - cpu}
        print(json.dumps({name: 1000 * seconds / steps for name, seconds in spent.items()}), flush=True)
