/**
 * Opens a text file that is larger than this process may use, reads and proves records, and prints what memory it took.
 * Started by a test with a small heap; usage: `streamLarge.fixture.ts FILE`.
 */
import { recordProof, verifyRecord } from "../manifest.ts";
import { openText } from "../text.ts";

const LENGTH = 1_023;
const BATCH = 32;

let largestBytes = 0;
function sample(): void {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  largestBytes = Math.max(largestBytes, heapUsed + arrayBuffers);
}

const options = { vocabulary: "bytes", length: LENGTH, stride: LENGTH } as const;
const dataset = await openText(process.argv[2]!, options, { cacheDir: "unused" });
sample();
const { train, manifest } = dataset;
const [inputs, targets] = [new Float32Array(BATCH * LENGTH), new Float32Array(BATCH * LENGTH)];
let sum = 0;
for (let step = 0; step < 1_000; step++) {
  const indices = Uint32Array.from({ length: BATCH }, (_, row) => ((step * BATCH + row) * 7_919) % train.count);
  train.read(indices, inputs, targets);
  sum += inputs[step % inputs.length]!;
  if (step % 100 === 0) sample();
}
const proof = recordProof(dataset, manifest.recordCount - 1);
sample();
const proven = verifyRecord(manifest, dataset.record(manifest.recordCount - 1), proof);
dataset.close();
process.stdout.write(JSON.stringify({ records: manifest.recordCount, largestBytes, proven, sum }));
