/** `cairn relay start`: opens the chain and lets the relay run until its tasks are done or it is told to stop. */
import type { Command } from "commander";
import type { SentTransaction } from "../../../chain/connection.ts";
import { amount, collect, identifier, wholeNumber } from "../../arguments.ts";
import { openChain } from "../../chainAccess.ts";
import { action, type Context, type Outcome, type Session, untilStopped } from "../../command.ts";
import { emitter } from "../../eventLines.ts";
import { withExamples } from "../../help.ts";
import { openTasks } from "../../openTasks.ts";
import { relayEventText } from "../../relayEventText.ts";
import { transactionEvent } from "../../transactionEvent.ts";

interface Options {
  readonly task?: readonly bigint[];
  readonly host: string;
  readonly port: number;
  readonly margin: number;
  readonly stake?: bigint;
}

/** Free on most machines, and no other service's of Cairn's. */
const DEFAULT_PORT = 7_425;

const DEFAULT_MARGIN_SECONDS = 30;

export function defineRelayStart(parent: Command, session: Session): void {
  const command = parent.command("start").summary("send trainers' commitments until the tasks are done");
  withExamples(
    command,
    "cairn relay start --task 1",
    "cairn relay start --host 0.0.0.0 --port 7425 --stake 50 --json",
    "cairn node start --relay http://127.0.0.1:7425",
  )
    .description(
      "Takes signed commitments over HTTP, sends each round's as one batch, and settles its bond afterwards. For each entry as much of its stake is locked as a missed reveal costs; it is lost only for entries that are neither opened by their trainers nor paid for by their signers. Ctrl-C sends and settles what was promised first; again, it stops within 5 s. With --json it prints one event a line.",
    )
    .option("--task <id>", "a task to serve; may be given again (default: every open one)", collect(identifier))
    .option("--host <address>", "where to listen; 0.0.0.0 or :: for strangers too", "127.0.0.1")
    .option("--port <n>", "0 takes one that is free", wholeNumber(0, 65_535), DEFAULT_PORT)
    .option(
      "--margin <seconds>",
      "how long before the contract's last moment a batch is sent; half of the time at most",
      wholeNumber(1, 86_400),
      DEFAULT_MARGIN_SECONDS,
    )
    .option("--stake <amount>", "CAIRN to hold as stake (default: what a full batch of every task locks)", amount)
    .action(
      action(session, "relay.start", relayStart, {
        streams: true,
        finishing: "sending and settling what was promised, then stopping; Ctrl-C again stops now",
      }),
    );
}

async function relayStart(context: Context, options: Options): Promise<Outcome | undefined> {
  const { output, signal, finish } = context;
  const emit = emitter(context, relayEventText);
  const onTransaction = (sent: SentTransaction): void => emit(transactionEvent(sent));
  const { chain, config } = await openChain(context, { sign: true, onTransaction });
  const taskIds = options.task ?? (await openTasks(chain, signal));
  if (taskIds.length === 0) output.warn("there is no open task; the relay settles what it owes and stops");
  const [{ startRelay }, { openNodeKeys }] = await Promise.all([
    import("../../../node/relay/relay.ts"),
    import("../../../node/nodeKeys.ts"),
  ]);
  const { dataDir } = config.settings;
  const relay = startRelay({
    chain,
    keys: await openNodeKeys(dataDir),
    taskIds,
    dataDir,
    host: options.host,
    port: options.port,
    marginSeconds: options.margin,
    stakeWei: options.stake,
    onEvent: emit,
  });
  finish.addEventListener("abort", () => relay.finish(), { once: true });
  signal.addEventListener("abort", () => relay.stop(), { once: true });
  if (finish.aborted) relay.finish();
  await untilStopped(relay.done, signal);
  return undefined;
}
