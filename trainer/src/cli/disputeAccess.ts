/** What commands about disputes open: a game by its number, and a task's work as a node has it. */
import { join } from "node:path";
import { type GameReference, gameName } from "../audit/dispute/gameName.ts";
import type { CallOptions, Chain, SentTransaction } from "../chain/connection.ts";
import type { OpenedGame } from "../chain/disputes.ts";
import type { Dataset } from "../data/dataset.ts";
import type { RoundContext } from "../node/roundContext.ts";
import { openChain } from "./chainAccess.ts";
import { CliError } from "./cliError.ts";
import type { Context } from "./command.ts";
import { emitter } from "./eventLines.ts";
import { loadDataset } from "./loadDataset.ts";
import { nodeEventText } from "./nodeEventText.ts";
import { planDataset } from "./planDataset.ts";
import { transactionEvent } from "./transactionEvent.ts";

/** @throws {CliError} `CLI_DISPUTE_UNKNOWN`; {ChainError} */
export async function findDispute(
  chain: Chain,
  { kind, gameId }: GameReference,
  options: CallOptions,
): Promise<OpenedGame> {
  const { openedGames } = await import("../chain/disputes.ts");
  const fromBlock = BigInt(chain.deployment.deployedAtBlock);
  const [game] = await openedGames(chain, kind, { gameId, fromBlock }, options);
  if (game !== undefined) return game;
  const name = gameName({ kind, gameId });
  throw new CliError({ code: "CLI_DISPUTE_UNKNOWN", game: name }, `there is no dispute ${name} on this chain`);
}

export interface DisputedTask {
  readonly chain: Chain;
  readonly taskId: bigint;
  /** Without it that of the plan's name. */
  readonly data: string | undefined;
}

/** @returns a chain that signs, and tells of what it sends. */
export async function openSigningChain(context: Context): Promise<Chain> {
  const emit = emitter(context, nodeEventText);
  const onTransaction = (sent: SentTransaction): void => emit(transactionEvent(sent));
  return (await openChain(context, { sign: true, onTransaction })).chain;
}

/**
 * Runs `work` with the task's work as a node has it: plan, program, data, peers.
 *
 * @throws as `openJob`, and whatever `work` throws
 */
export async function withTask<T>(
  context: Context,
  { chain, taskId, data }: DisputedTask,
  work: (at: (round?: number) => Promise<RoundContext>) => Promise<T>,
): Promise<T> {
  const { signal } = context;
  const config = await context.config();
  const [{ withReadingStore }, { openJob }, { openJournal }, { listNodes }, { readRound, readTask }] =
    await Promise.all([
      import("./stores.ts"),
      import("../node/job.ts"),
      import("../node/journal.ts"),
      import("../chain/nodes.ts"),
      import("../chain/task.ts"),
    ]);
  return withReadingStore(config, async (store) => {
    await store.connect(await listNodes(chain, { signal }), { signal });
    const opened: Dataset[] = [];
    const openDataset: Parameters<typeof openJob>[0]["openDataset"] = async (plan) => {
      const dataset = await loadDataset(context, data ?? planDataset(plan));
      opened.push(dataset);
      return dataset;
    };
    const job = await openJob({ chain, store, openDataset }, taskId, { signal, timeoutMs: JOB_TIMEOUT_MS });
    try {
      const { chainId, contracts } = chain.deployment;
      const owner = { chainId, flContract: contracts.flContract, account: chain.account!.address };
      const journal = openJournal(join(config.settings.dataDir, "journal"), owner);
      const common = {
        chain,
        store,
        job,
        journal,
        emit: emitter(context, nodeEventText),
        signal,
        pace: { replaySeconds: 0 },
      };
      return await work(async (round) => {
        const number = round ?? (await readTask(chain, taskId, { signal })).round;
        return { ...common, round: { ...(await readRound(chain, taskId, number, { signal })), round: number } };
      });
    } finally {
      job.dispose();
      for (const dataset of opened) dataset.close();
    }
  });
}

/** A plan and the first weights may take a while to be found. Unit: milliseconds. */
const JOB_TIMEOUT_MS = 60_000;
