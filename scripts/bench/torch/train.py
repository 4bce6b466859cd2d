"""Trains in PyTorch what `accuracy/training.ts` wrote: `train.py FOLDER THREADS`. Prints {"accuracy", "loss", "torch"} of the
test examples as one JSON line; progress goes to standard error.
"""
import json
import sys
import time

import numpy
import torch
from torch.nn import functional as F

from model import Model


def main():
    folder, threads = sys.argv[1], int(sys.argv[2])
    torch.set_num_threads(threads)
    with open(f"{folder}/model.json", encoding="utf-8") as file:
        document = json.load(file)
    floats = lambda name: torch.from_numpy(numpy.fromfile(f"{folder}/{name}.bin", dtype="<f4"))
    model = Model(document)
    model.load(floats("weights"))
    rows = lambda name, size: floats(name).reshape(-1, document[size])
    inputs = model.inputs(rows("train-inputs", "inputSize"))
    targets = rows("train-targets", "targetSize").long()
    steps, batch_size = document["steps"], document["batchSize"]
    order = torch.from_numpy(numpy.fromfile(f"{folder}/order.bin", dtype="<u4").astype("int64"))
    order = order.reshape(steps, batch_size)
    rates = numpy.fromfile(f"{folder}/rates.bin", dtype="<f4")
    optimiser = model.optimiser()
    clip = document["optimiser"].get("clipNorm")
    start = time.perf_counter()
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = float(rates[step])
        optimiser.zero_grad(set_to_none=True)
        loss = model.loss(inputs[order[step]], targets[order[step]])
        loss.backward()
        if clip is not None:
            torch.nn.utils.clip_grad_norm_(model.module.parameters(), clip)
        optimiser.step()
        if (step + 1) % 100 == 0:
            seconds = time.perf_counter() - start
            print(f"step {step + 1} of {steps}, loss {float(loss.detach()):.4f}, {seconds:.0f} s", file=sys.stderr)
    print(json.dumps({**test(model, rows, batch_size), "torch": torch.__version__}), flush=True)


def test(model, rows, batch_size):
    inputs = model.inputs(rows("test-inputs", "inputSize"))
    targets = rows("test-targets", "targetSize").long()
    correct, loss = 0, 0.0
    model.module.eval()
    with torch.no_grad():
        for start in range(0, len(inputs), batch_size):
            outputs = model.module(inputs[start : start + batch_size])
            outputs = outputs.reshape(-1, outputs.shape[-1])
            wanted = targets[start : start + batch_size].reshape(-1)
            correct += int((outputs.argmax(-1) == wanted).sum())
            loss += float(F.cross_entropy(outputs.double(), wanted, reduction="sum"))
    return {"accuracy": correct / targets.numel(), "loss": loss / targets.numel()}


main()
