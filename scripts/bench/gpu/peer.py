"""Trains on a CUDA card in PyTorch what `workload.ts` wrote: `peer.py FOLDER SECONDS [--compile]`. Prints samples a second by mode as
one JSON line: eager, and compiled where that is asked for, each in binary32 with TF32 off and on.
"""
import json
import os
import sys
import time

import numpy
import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "torch"))
from model import Model


def measure(document, folder, seconds, compiled):
    floats = lambda name: torch.from_numpy(numpy.fromfile(f"{folder}/{name}.bin", dtype="<f4"))
    model = Model(document)
    model.load(floats("weights"))
    model.module.cuda()
    batches, size = document["batches"], document["batchSize"]
    inputs = model.inputs(floats("inputs").reshape(-1, document["inputSize"])).cuda()
    targets = floats("targets").reshape(-1, document["targetSize"]).long().cuda()
    inputs = inputs.reshape(batches, size, *inputs.shape[1:])
    targets = targets.reshape(batches, size, -1)
    optimiser = model.optimiser()
    loss_of = torch.compile(model.loss) if compiled else model.loss

    def step(at):
        optimiser.zero_grad(set_to_none=True)
        loss = loss_of(inputs[at % batches], targets[at % batches])
        loss.backward()
        optimiser.step()
        return loss

    for at in range(20):
        step(at)
    torch.cuda.synchronize()
    start, done = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        for at in range(20):
            step(at)
        torch.cuda.synchronize()
        done += 20
    return done * size / (time.perf_counter() - start)


def main():
    folder, seconds = sys.argv[1], float(sys.argv[2])
    if not torch.cuda.is_available():
        raise SystemExit("no CUDA card")
    with open(f"{folder}/model.json", encoding="utf-8") as file:
        document = json.load(file)
    rates = {"version": torch.__version__, "card": torch.cuda.get_device_name()}
    for compiled in [False, True] if "--compile" in sys.argv else [False]:
        for tf32 in [False, True]:
            torch.backends.cuda.matmul.allow_tf32 = tf32
            torch.backends.cudnn.allow_tf32 = tf32
            name = f"{'compiled' if compiled else 'eager'}, TF32 {'on' if tf32 else 'off'}"
            rates[name] = measure(document, folder, seconds, compiled)
    print(json.dumps(rates))


main()
