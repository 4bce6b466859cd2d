/** A thread of the engine: waits for its task, then takes part in runs until it is ended. */
import { serveWorker } from "@cairn/trainer/engine/wasm/browserWorkers";

serveWorker(self);
