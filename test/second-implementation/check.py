"""Checks every vector file against canonical.py: one line a file, then the total."""

import json
import sys
from pathlib import Path

import canonical as c

ROOT = Path(__file__).resolve().parent.parent / "vectors" / "canonical"


def numbers(words):
    return [c.from_bits(int(word, 16)) for word in words]


def words(values):
    return [f"{c.to_bits(value):08x}" for value in values]


def unhex(text):
    return bytes.fromhex(text[2:])


class Faults(list):
    """What differs in one file."""

    def same(self, what, got, expected):
        if got == expected:
            return
        if isinstance(expected, list) and isinstance(got, list) and len(got) == len(expected):
            bad = [i for i, (a, b) in enumerate(zip(got, expected)) if a != b]
            self.append(f"{what}: {len(bad)} of {len(got)} differ, first at {bad[0]}: "
                        f"{got[bad[0]]} for {expected[bad[0]]}")
        else:
            self.append(f"{what}: {str(got)[:80]} for {str(expected)[:80]}")


def functions(v, faults):
    x = numbers(v["x"])
    table = {"exp": c.exp, "log": c.log, "tanh": c.tanh, "distribution": c.distribution, "density": c.density}
    faults.same("functions", sorted([*table, "x", "p", "cosine"]), sorted(v))
    for name, function in table.items():
        faults.same(name, words(function(value) for value in x), v[name])
    faults.same("cosine", words(c.cos_pi(p) for p in numbers(v["p"])), v["cosine"])


def randomness(v, faults):
    seed = unhex(v["seed"])
    stream = {name: c.Stream(seed, v[name]["stream"]) for name in ("words", "below", "float", "permutation")}
    count = {name: len(v[name]["values"]) for name in stream}
    faults.same("words", [stream["words"].uint32() for _ in range(count["words"])], v["words"]["values"])
    n = v["below"]["n"]
    faults.same("below", [stream["below"].below(n) for _ in range(count["below"])], v["below"]["values"])
    faults.same("float", words(stream["float"].float() for _ in range(count["float"])), v["float"]["values"])
    faults.same("permutation", stream["permutation"].permutation(count["permutation"]), v["permutation"]["values"])


def layer(v, faults):
    network = c.Network(v["architecture"])
    shapes = {name: p["shape"] for name, p in v["parameters"].items()}
    faults.same("parameters", list(network.shapes.items()), list(shapes.items()))
    weights = {name: numbers(p["values"]) for name, p in v["parameters"].items()}
    inputs, targets = numbers(v["inputs"]), numbers(v["targets"])
    faults.same("batchSize", len(inputs) // c.product(network.input), v["batchSize"])
    faults.same("outputs", words(network.forward(inputs, weights)), v["outputs"])
    loss, grads = network.gradients(inputs, targets, weights, (unhex(v["seed"]), 0))
    faults.same("loss", words([loss]), [v["loss"]])
    faults.same("gradients", sorted(grads), sorted(v["gradients"]))
    for name, gradient in v["gradients"].items():
        faults.same("gradient of " + name, words(grads[name]), gradient["values"])


def run(v, faults):
    seed, records = unhex(v["seed"]), v["records"]
    network = c.Network(v["architecture"])
    rows = lambda key: c.split(numbers(records[key]), len(records[key]) // records["count"])
    training = c.Training(v["architecture"], v["optimiser"], seed, network.initial(seed),
                          rows("inputs"), rows("targets"), v["batchSize"])
    faults.same("initialState", "0x" + training.state_hash().hex(), v["initialState"])
    hashes = training.run(v["steps"], v["stride"])
    faults.same("stateHashes", ["0x" + h.hex() for h in hashes], v["stateHashes"])
    faults.same("traceRoot", "0x" + c.trace_root(hashes).hex(), v["traceRoot"])
    faults.same("digest", "0x" + c.sha256(training.parameters()).hex(), v["digest"])
    if "checkpoint" in v:
        faults.same("checkpoint", "0x" + training.checkpoint().hex(), v["checkpoint"])


def average(v, faults):
    updates = sorted(v["updates"], key=lambda update: int(update["address"], 16))
    tensors = [(u["sampleCount"], {n: numbers(p["values"]) for n, p in u["parameters"].items()}) for u in updates]
    result = c.average(tensors)
    for name, expected in v["average"].items():
        faults.same(name, words(result[name]), expected["values"])
    shaped = {name: (tensor["shape"], result[name]) for name, tensor in v["average"].items()}
    bytes_ = c.parameters_file(shaped, {"schema": "cairn/parameters/v2"})
    faults.same("digest", "0x" + c.sha256(bytes_).hex(), v["digest"])


def compression(v, faults):
    update = numbers(v["update"])
    faults.same("codecs", [codec["codec"] for codec in v["codecs"]], list(c.CODECS))
    for codec in v["codecs"]:
        name, data = codec["codec"], unhex(codec["bytes"])
        stream = c.Stream(unhex(v["seed"]), v["stream"])
        faults.same(name, c.compressed(name, codec.get("k", 0), update, stream).hex(), data.hex())
        faults.same("decoded " + name, words(c.decompressed(data)), codec["decoded"])


def cohorts(v, faults):
    versions = sorted(v["versions"], key=lambda version: version["cohort"])
    merged = [version for version in versions if is_finite(version["parameters"])]
    faults.same("cohorts", [version["cohort"] for version in merged], v["cohorts"])
    rows = [(u["samples"], {n: numbers(p["values"]) for n, p in u["parameters"].items()}) for u in merged]
    result = c.average(rows)
    for name, expected in v["merged"].items():
        faults.same(name, words(result[name]), expected["values"])
    shaped = {name: (tensor["shape"], result[name]) for name, tensor in v["merged"].items()}
    bytes_ = c.parameters_file(shaped, {"schema": "cairn/parameters/v2"})
    faults.same("digest", "0x" + c.sha256(bytes_).hex(), v["digest"])


def is_finite(parameters):
    """Whether the norm of all numbers together is: none is as large as the root of the largest binary32."""
    return all(abs(x) < 1e18 for p in parameters.values() for x in numbers(p["values"]))


def main():
    cases = [("functions.json", functions), ("randomness.json", randomness), ("average.json", average),
             ("compression.json", compression), ("cohorts.json", cohorts)]
    for folder, check in (("layers", layer), ("runs", run)):
        cases += [(f"{folder}/{path.name}", check) for path in sorted((ROOT / folder).glob("*.json"))]
    failed = 0
    for name, check in cases:
        faults = Faults()
        check(json.loads((ROOT / name).read_text("utf-8")), faults)
        failed += bool(faults)
        print(("FAIL " if faults else "pass ") + name + "".join("; " + fault for fault in faults))
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
