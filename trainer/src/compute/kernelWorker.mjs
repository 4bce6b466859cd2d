/** A worker of the wasm executor under Node. Plain JavaScript, so that it starts without a TypeScript loader. */
import { parentPort, workerData } from "node:worker_threads";

const { module, memory, machine, stack, thread } = workerData;
const { exports } = new WebAssembly.Instance(module, { env: { memory } });
exports.__stack_pointer.value = stack;
parentPort.postMessage("ready");
exports.work(machine, thread); // until the machine is stopped
