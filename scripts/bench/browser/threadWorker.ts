/** Runs in a page's worker: takes one task and works on it until the machine is stopped. */
import { type WorkerTask, workAs } from "../../../trainer/src/engine/wasm/workerThread.ts";

self.onmessage = ({ data }: MessageEvent<WorkerTask>) => workAs(data, () => self.postMessage("ready"));
