/** An auditor's findings in a `Private` task: every opened update fetched and scored on the task's public test records. */

import { scoreUpdates } from "../audit/score.ts";
import { type RevealedUpdate, revealedUpdates } from "../chain/task.ts";
import type { Parameters } from "../engine/tensor.ts";
import { fromHex } from "../protocol/hex.ts";
import { trainingBase } from "./aggregation.ts";
import { breathe } from "./job.ts";
import { logsOf, type RoundContext, timed } from "./roundContext.ts";
import { fetchUpdate, problemOf } from "./updateFetch.ts";

/** @returns the updates to accept, bit by index. @throws the signal's reason when time runs out, and what may pass */
export async function scoreRound(context: RoundContext): Promise<bigint> {
  const { chain, job, round, signal, emit } = context;
  const { parameters: base } = await trainingBase(context, job, round.baseVersion, { signal });
  const fetched = await Promise.all(
    (await revealedUpdates(chain, logsOf(context), { signal })).map((update) => fetchOne(context, update, base)),
  );
  const usable = fetched.filter((one): one is Usable => one.parameters !== undefined);
  const pause = breathe();
  const {
    seconds,
    cpuSeconds,
    value: scores,
  } = await timed(() =>
    scoreUpdates({
      executor: job.executor,
      base,
      updates: usable.map(({ parameters }) => parameters),
      validation: job.dataset.test,
      seed: fromHex(round.committeeSeed, 32),
      async onPart() {
        signal.throwIfAborted();
        await pause();
      },
    }),
  );
  const cost = { seconds: seconds / fetched.length, cpuSeconds: cpuSeconds / fetched.length };
  const byIndex = new Map(usable.map(({ update }, i) => [update.index, scores[i]!]));
  let acceptedBitmap = 0n;
  for (const { update, problem } of fetched) {
    const { trainer, index } = update;
    const { isAccepted, worth, reason } = byIndex.get(index) ?? { isAccepted: false, worth: 0, reason: problem };
    if (isAccepted) acceptedBitmap |= 1n << BigInt(index);
    const where = { task: job.taskId.toString(), round: round.round, trainer, index };
    emit({
      event: "scored",
      ...where,
      accepted: isAccepted,
      worth,
      ...cost,
      ...(reason === undefined ? {} : { reason }),
    });
  }
  return acceptedBitmap;
}

interface Fetched {
  readonly update: RevealedUpdate;
  readonly parameters: Parameters | undefined;
  readonly problem: string | undefined;
}

interface Usable extends Fetched {
  readonly parameters: Parameters;
}

async function fetchOne(context: RoundContext, update: RevealedUpdate, base: Parameters): Promise<Fetched> {
  let parameters: Parameters | undefined;
  const problem = await problemOf(async () => {
    parameters = await fetchUpdate(context, update, { base });
  });
  return { update, parameters, problem };
}
