/**
 * TensorFlow.js's side of the speed comparison: `worker.mjs FOLDER TFJS`, TFJS a folder where it is installed. One JSON
 * line in, one out, as the other workers. On its WASM backend, which has one thread in Node.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { addMissingKernels } from "./missingKernels.mjs";
import { createLoss } from "./model.mjs";

const [folder, tfjs] = process.argv.slice(2);

function say(answer) {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

async function loadLibrary() {
  const require = createRequire(join(tfjs, "package.json"));
  console.warn = () => {}; // advice about its native package
  console.info = () => {};
  const tf = require("@tensorflow/tfjs");
  const wasm = require("@tensorflow/tfjs-backend-wasm");
  wasm.setWasmPaths(`${dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`);
  await tf.setBackend("wasm");
  await tf.ready();
  return tf;
}

/** Weights as variables, and `step(number) → loss`. */
function createJob(tf) {
  const document = JSON.parse(readFileSync(join(folder, "model.json"), "utf8"));
  const floats = (file) => new Float32Array(new Uint8Array(readFileSync(join(folder, file))).buffer);
  const { batchSize, inputSize, targetSize, batches, optimiser } = document;
  const lossOf = createLoss(tf, document.architecture);
  const batchTensors = (numbers, size) =>
    Array.from({ length: batches }, (_, at) =>
      tf.tensor2d(numbers.subarray(at * batchSize * size, (at + 1) * batchSize * size), [batchSize, size]),
    );
  const inputs = batchTensors(floats("inputs.bin"), inputSize);
  const targets = batchTensors(floats("targets.bin"), targetSize);
  const variables = createVariables(tf, document.parameters, floats("weights.bin"));
  const { learningRate, momentum } = optimiser;
  const adam = () => tf.train.adam(learningRate, optimiser.beta1, optimiser.beta2, optimiser.epsilon);
  const sgd = () => (momentum > 0 ? tf.train.momentum(learningRate, momentum) : tf.train.sgd(learningRate));
  const trainer = optimiser.type === "sgd" ? sgd() : adam();
  const list = [...variables.values()];
  return {
    batchSize,
    step: (number) => {
      const at = number % batches;
      const cost = trainer.minimize(() => lossOf(variables, inputs[at], targets[at]), true, list);
      const [loss] = cost.dataSync();
      cost.dispose();
      return loss;
    },
  };
}

function createVariables(tf, parameters, numbers) {
  let offset = 0;
  return new Map(
    parameters.map(({ name, shape }) => {
      const length = shape.reduce((product, size) => product * size, 1);
      const value = numbers.slice(offset, offset + length);
      offset += length;
      return [name, tf.variable(tf.tensor(value, shape))];
    }),
  );
}

function samplesPerSecond({ step, batchSize }, seconds) {
  const start = performance.now();
  for (let done = 1; ; done++) {
    step(done);
    const elapsed = (performance.now() - start) / 1_000;
    if (elapsed >= seconds) return (done * batchSize) / elapsed;
  }
}

async function start() {
  const tf = await loadLibrary();
  const version = `TensorFlow.js ${tf.version.tfjs}, WASM`;
  const job = createJob(tf);
  try {
    return { job, ready: { engine: version, firstLoss: job.step(0) } };
  } catch (error) {
    const missing = addMissingKernels(tf);
    if (missing.length === 0) throw error;
    const patched = createJob(tf);
    const engine = `${version}; fails as it is (${error.message.split(".")[0]}), so with ${missing.join(", ")} composed`;
    return { job: patched, ready: { engine, firstLoss: patched.step(0) } };
  }
}

const { job, ready } = await start().catch((error) => {
  say({ unavailable: error.message.split("\n")[0] });
  process.exit(0);
});
say({ ready });
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  if (command.hash) say({ hashes: {} });
  else if (command.measure) say({ samplesPerSecond: samplesPerSecond(job, command.measure.seconds) });
  else break;
}
say({ peakRssBytes: 1_024 * process.resourceUsage().maxRSS });
process.exit(0);
