/** `cairn reveal`: opens a commitment that was made elsewhere, such as in a browser's tab, and serves its update. */
import { join, resolve } from "node:path";
import type { Command } from "commander";
import type { Chain } from "../../chain/connection.ts";
import type { RoundView } from "../../chain/task.ts";
import type { RevealPackage } from "../../protocol/revealPackage.ts";
import { openChain } from "../chainAccess.ts";
import { CliError } from "../cliError.ts";
import { action, type Context, type Outcome, type Session } from "../command.ts";
import { withExamples } from "../help.ts";
import { readInput } from "../inputFile.ts";
import { openNodeStore } from "../stores.ts";

interface Options {
  readonly package: string;
}

/** Far above any update that a task allows. Unit: bytes. */
const MAX_PACKAGE_BYTES = 2 ** 30;

export function define(command: Command, session: Session): void {
  withExamples(command, "cairn reveal --package ./task-3-round-7.reveal")
    .description(
      "Opens a commitment from the package that Train here exports, as soon as the round lets it, and serves the update until the round is over. Only the account that committed can. Ctrl-C ends the serving.",
    )
    .requiredOption("--package <file>", "the exported package; the salt in it is secret until the reveal")
    .action(action(session, "reveal", reveal));
}

async function reveal(context: Context, options: Options): Promise<Outcome> {
  const { signal, output, host } = context;
  const { decodeRevealPackage } = await import("../../protocol/revealPackage.ts");
  const bytes = await readInput(resolve(host.cwd, options.package), { maxBytes: MAX_PACKAGE_BYTES });
  const opened = await decodeRevealPackage(bytes);
  const { chain, config } = await openChain(context, { sign: true });
  await requireOwn(chain, opened, signal);
  const [{ lockFolder }, { openJournal }, { listNodes }] = await Promise.all([
    import("../../node/lock.ts"),
    import("../../node/journal.ts"),
    import("../../chain/nodes.ts"),
  ]);
  const { dataDir } = config.settings;
  await using held = new AsyncDisposableStack();
  const lock = await lockFolder(dataDir);
  held.defer(() => lock.release());
  const { taskId, round, roundSeed: seed, opening, update, chainId, flContract, trainer: account } = opened;
  const journal = openJournal(join(dataDir, "journal"), { chainId, flContract, account });
  await journal.keepUpdate({ taskId, round, seed }, opening, { bytes: update }); // a node in this folder could now go on with it
  const store = await openNodeStore(config, undefined);
  held.defer(() => store.stop());
  await store.put(update, { signal });
  await store.connect(await listNodes(chain, { signal }), { signal });
  const sent = await open(context, chain, opened);
  const serving = held.move();
  return {
    data: { taskId, round, sent },
    text: () => `${taskId}/${round}`,
    async afterwards() {
      await using _ = serving;
      output.say("serving the update until the round is over; Ctrl-C ends that");
      await whileIn(chain, opened, SERVING, signal);
    },
  };
}

/** @throws {CliError} `CLI_PACKAGE_FOREIGN` naming what differs, before anything is kept or sent */
async function requireOwn(chain: Chain, opened: RevealPackage, signal: AbortSignal): Promise<void> {
  const { deployment, account } = chain;
  const refuse = (what: string, actual: string, expected: string): CliError =>
    new CliError(
      { code: "CLI_PACKAGE_FOREIGN", what, actual, expected },
      `the package is for another ${what}: ${actual}, here it is ${expected}`,
    );
  const same = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();
  const { chainId, flContract, trainer, roundSeed } = opened;
  if (chainId !== deployment.chainId) throw refuse("chain", `${chainId}`, `${deployment.chainId}`);
  if (!same(flContract, deployment.contracts.flContract)) {
    throw refuse("contract", flContract, deployment.contracts.flContract);
  }
  if (!same(trainer, account!.address)) throw refuse("account", trainer, account!.address);
  const { seed } = await roundOf(chain, opened, signal);
  if (!same(roundSeed, seed)) throw refuse("round", roundSeed, seed);
}

/** @returns whether a transaction was needed. @throws {CliError} `CLI_REVEAL_CLOSED`; {ChainError} */
async function open(context: Context, chain: Chain, opened: RevealPackage): Promise<boolean> {
  const { output, signal } = context;
  const { taskId, round, trainer, opening } = opened;
  if ((await roundOf(chain, opened, signal)).phase === "Commit") {
    output.say(`round ${round} still takes commitments; waiting for its reveal phase`);
    await whileIn(chain, opened, ["Commit"], signal);
  }
  const duty = await chain.read("flContract", "dutyOf", [taskId, round, trainer], { signal });
  if (duty.revealed) {
    output.done("this commitment is open already");
    return false;
  }
  const { phase } = await roundOf(chain, opened, signal);
  if (phase !== "Reveal" || !duty.committed) {
    throw new CliError(
      { code: "CLI_REVEAL_CLOSED", taskId: `${taskId}`, round, phase },
      duty.committed
        ? `round ${round} of task ${taskId} is in ${phase}: commitments can't be opened any more`
        : `${trainer} has no commitment in round ${round} of task ${taskId}`,
    );
  }
  await chain.send("flContract", "revealUpdate", [taskId, opening], { signal });
  output.done(`opened the commitment of round ${round} of task ${taskId}`);
  return true;
}

type Phase = RoundView["phase"];

/** Auditors fetch the update in these. */
const SERVING: readonly Phase[] = ["Commit", "Reveal", "Draw", "AuditCommit", "AuditReveal", "Aggregate"];

async function roundOf(chain: Chain, { taskId, round }: RevealPackage, signal: AbortSignal): Promise<RoundView> {
  const { readRound } = await import("../../chain/task.ts");
  return readRound(chain, taskId, round, { signal });
}

/** Waits while the round is in one of `phases`; all of them end, and the signal ends the wait too. */
async function whileIn(
  chain: Chain,
  opened: RevealPackage,
  phases: readonly Phase[],
  signal: AbortSignal,
): Promise<void> {
  const { pause } = await import("../../chain/deadline.ts");
  while (!signal.aborted && phases.includes((await roundOf(chain, opened, signal)).phase)) {
    await pause(chain.pollingMs, signal);
  }
}
