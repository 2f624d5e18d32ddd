"""River on bits of a file: where it finds drifts, and how long an update takes. Talks JSON over stdin and stdout."""

import json
import sys
import time
from importlib.metadata import version

from river import drift

MAKE = {
    "adwin": drift.ADWIN,
    "ddm": drift.binary.DDM,
    "eddm": drift.binary.EDDM,
    "hddm-a": drift.binary.HDDM_A,
    "hddm-w": drift.binary.HDDM_W,
    "fhddm": drift.binary.FHDDM,
    "page-hinkley": drift.PageHinkley,
    "kswin": lambda: drift.KSWIN(seed=1),
}


def drifts(detector, values):
    found = []
    for i, x in enumerate(values):
        detector.update(x)
        if detector.drift_detected:
            found.append(i)
    return found


def nanoseconds(make, values, rounds):
    best = float("inf")
    for _ in range(rounds):
        detector = make()
        update = detector.update
        began = time.perf_counter_ns()
        for x in values:
            update(x)
        best = min(best, (time.perf_counter_ns() - began) / len(values))
    return best


def main():
    asked = json.load(sys.stdin)
    streams = [[int(x) for x in bits] for bits in asked["streams"]]
    timed = [int(x) for x in asked["timed"]]
    answer = {"version": version("river"), "drifts": {}, "nanoseconds": {}}
    right = lambda name: name in asked["fedRight"]
    fed = lambda name, values: [1 - x for x in values] if right(name) else values
    for name in asked["detect"]:
        wanted = asked["detectAtMost"].get(name, range(len(streams)))
        answer["drifts"][name] = [
            drifts(MAKE[name](), fed(name, values)) if i in wanted else [] for i, values in enumerate(streams)
        ]
    for name in asked["methods"]:
        values = fed(name, timed)[: asked["timedRows"].get(name, len(timed))]
        answer["nanoseconds"][name] = nanoseconds(MAKE[name], values, asked["rounds"])
    print(json.dumps(answer))


main()
