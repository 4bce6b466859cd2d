/** What every step of the demo works with. Types only. */
import type { StartOptions } from "./options.ts";
import type { Supervisor } from "./process/supervisor.ts";
import type { RunStore } from "./state/runStore.ts";

export interface Session {
  readonly options: StartOptions;
  readonly run: RunStore;
  readonly supervisor: Supervisor;
  /** The run's own folder: logs, keys, the nodes' data, the model. */
  readonly directory: string;
  /** Fires when the run must end, for whatever reason. */
  readonly signal: AbortSignal;
  /** Has `close` called when the run ends; it must be bounded in time. */
  readonly defer: (close: () => Promise<unknown>) => void;
}
