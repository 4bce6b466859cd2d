/** A second identity that hands in its sibling's work once more, a little changed, in the first round of a task. */
import { committedTrainers } from "../../../trainer/src/chain/commitOrder.ts";
import { pause } from "../../../trainer/src/chain/deadline.ts";
import { readRound } from "../../../trainer/src/chain/task.ts";
import { encodeParameters } from "../../../trainer/src/engine/checkpoint.ts";
import { decodeSafetensors } from "../../../trainer/src/engine/safetensors.ts";
import { newSalt, openJournal } from "../../../trainer/src/node/journal.ts";
import { type UpdateOpening, updateCommitment } from "../../../trainer/src/protocol/commitment.ts";
import type { LocalNetwork, Participant } from "./localNetwork.ts";

export interface Copying {
  readonly taskId: bigint;
  /** Enrolled, and driven by the test. */
  readonly copier: Participant;
  /** Its node runs. */
  readonly original: Participant;
}

/** As one who owns both would: takes the sibling's record and bytes, changes them a little, and commits after it. */
export async function copyUpdate(network: LocalNetwork, { taskId, copier, original }: Copying): Promise<void> {
  const { signal, admin } = network;
  const view = await until("Commit");
  const opened = { taskId, round: 1, openedAtBlock: BigInt(view.openedAtBlock) };
  const victim = original.chain.account!.address;
  while (!(await committedTrainers(admin.chain, opened, { signal })).some(({ trainer }) => trainer === victim)) {
    await pause(50, signal);
  }
  const { chainId, contracts } = network.deployment;
  const owner = { chainId, flContract: contracts.flContract, account: victim };
  const journal = openJournal(`${original.dataDir}/journal`, owner);
  const opening = (await journal.updateOpening({ taskId, round: 1, seed: view.seed }))!;
  const bytes = await original.store.get({ ...opening, digest: opening.updateDigest }, { signal });
  const { tensors } = decodeSafetensors(bytes, { maxBytes: 2 ** 20 });
  const weights = [...tensors].filter(([name]) => name !== "~root");
  const changed = weights.map(([name, { shape, data }]) => {
    return [name, { shape, data: data.map((weight, i) => weight + (i % 7) * 1e-6) }] as const;
  });
  const { digest, byteLength } = await copier.store.put(encodeParameters(new Map(changed)), { signal });
  const own: UpdateOpening = { ...opening, updateDigest: digest, byteLength, salt: newSalt() };
  const sender = copier.chain.account!.address;
  const scope = { chainId: BigInt(chainId), flContract: contracts.flContract, taskId, round: 1, sender };
  await copier.chain.send("flContract", "commitUpdate", [taskId, updateCommitment(scope, own)], { signal });
  await until("Reveal");
  await copier.chain.send("flContract", "revealUpdate", [taskId, own], { signal });

  async function until(phase: string) {
    while (!signal.aborted) {
      const round = await readRound(admin.chain, taskId, 1, { signal });
      if (round.phase === phase) return round;
      await pause(50, signal);
    }
    throw signal.reason;
  }
}
