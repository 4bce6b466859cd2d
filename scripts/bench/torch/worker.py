"""PyTorch's side of the speed comparison: `worker.py FOLDER THREADS`. One JSON line in, one out, as the other workers.

Commands: {"hash": {"steps": [50], "budgetSeconds": 60}}, {"measure": {"seconds": 0.7}}, {"end": true}.
"""
import hashlib
import json
import resource
import sys
import time

import numpy
import torch

from model import Model


def say(**message):
    print(json.dumps(message), flush=True)


class Job:
    def __init__(self, folder):
        with open(f"{folder}/model.json", encoding="utf-8") as file:
            document = json.load(file)
        read = lambda name: torch.from_numpy(numpy.fromfile(f"{folder}/{name}.bin", dtype="<f4"))
        self.batch_size = document["batchSize"]
        self.model = Model(document)
        self.weights = read("weights")
        batches = (document["batches"], self.batch_size)
        inputs = read("inputs").reshape(*batches, document["inputSize"])
        self.inputs = [self.model.inputs(batch) for batch in inputs]
        self.targets = list(read("targets").reshape(*batches, document["targetSize"]).long())

    def reload(self):
        self.model.load(self.weights)
        self.optimiser = self.model.optimiser()
        self.steps = 0

    def step(self):
        at = self.steps % len(self.inputs)
        self.optimiser.zero_grad(set_to_none=True)
        loss = self.model.loss(self.inputs[at], self.targets[at])
        loss.backward()
        self.optimiser.step()
        self.steps += 1
        return loss

    def hash(self):
        digest = hashlib.sha256()
        for _, parameter, _ in self.model.found:
            digest.update(parameter.detach().numpy().tobytes())
        return digest.hexdigest()


def hashes(job, steps, budget):
    job.reload()
    start, found, wanted = time.perf_counter(), {}, set(steps)
    while job.steps < max(steps) and time.perf_counter() - start < budget:
        job.step()
        if job.steps in wanted:
            found[str(job.steps)] = job.hash()
    return found


def measure(job, seconds):
    job.reload()
    for _ in range(3):
        job.step()
    start, steps = time.perf_counter(), 0
    while True:
        job.step()
        steps += 1
        elapsed = time.perf_counter() - start
        if elapsed >= seconds:
            return job.batch_size * steps / elapsed


def main():
    folder, threads = sys.argv[1], int(sys.argv[2])
    torch.set_num_threads(threads)
    job = Job(folder)
    job.reload()
    say(ready={"engine": f"PyTorch {torch.__version__}", "firstLoss": float(job.step())})
    for line in sys.stdin:
        command = json.loads(line)
        if "hash" in command:
            say(hashes=hashes(job, command["hash"]["steps"], command["hash"]["budgetSeconds"]))
        elif "measure" in command:
            say(samplesPerSecond=measure(job, command["measure"]["seconds"]))
        else:
            say(peakRssBytes=1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
            return


main()
