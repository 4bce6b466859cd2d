/** What is asked of the chain when the rounds are over, and the model's file. Trusts no node's word. */
import { writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Chain } from "../../../trainer/src/chain/connection.ts";
import { sidecarPath } from "../../../trainer/src/cli/architectureSource.ts";
import type { ContentStore } from "../../../trainer/src/network/contentStore.ts";
import { openJob } from "../../../trainer/src/node/job.ts";
import type { Findings, ReportedModel } from "../report/report.ts";
import type { Session } from "../session.ts";
import { readDisputes } from "./disputes.ts";
import { readGasUse } from "./gasUse.ts";
import type { Network } from "./network.ts";
import { recompute } from "./recompute.ts";
import { readLazyAuditor, readLiar, readRewards, type SettledTask } from "./settlement.ts";

/** Fetching plan, weights and model from the nodes. Unit: milliseconds. */
const TIMEOUT_MS = 60_000;

export async function checkRun(session: Session, network: Network): Promise<Omit<Findings, "times">> {
  const { options, run, signal } = session;
  const { chain, store, dataset, taskId } = network;
  run.emit({ type: "stage", stage: "checks" });
  const { nodes, rounds } = run.state();
  const task: SettledTask = { taskId, rounds: rounds.length, nodes, signal };
  const rewards = await readRewards(chain, task);
  const isTrainers = options.liar === "forge" || options.liar === "late-bit-flip";
  const liar = isTrainers ? nodes.findLast(({ role }) => role === "trainer") : undefined;
  const lazy = options.lazyAuditor ? nodes.findLast(({ role }) => role === "auditor") : undefined;
  const model = await saveModel(session, network);
  const sources = { chain, store, openDataset: async () => dataset };
  const job = await openJob(sources, taskId, { signal, timeoutMs: TIMEOUT_MS });
  return {
    rewards,
    liar: liar === undefined ? null : await readLiar(chain, { ...task, liar, rewards }),
    lazyAuditor: lazy === undefined ? null : await readLazyAuditor(chain, { ...task, lazy, seen: rounds }),
    disputes: await readDisputes(chain, task),
    gas: await readGasUse(chain, signal),
    recomputed: await recompute(sources, job, { signal, timeoutMs: TIMEOUT_MS }),
    model,
  };
}

/** Name and architecture, so that the file can be read without the chain. */
async function readModelDocument(chain: Chain, store: ContentStore, modelId: bigint, signal: AbortSignal) {
  const { metadataDigest: digest, metadataByteLength: byteLength } = await chain.read(
    "modelRegistry",
    "modelOf",
    [modelId],
    { signal },
  );
  return store.get({ digest, byteLength }, { signal });
}

async function saveModel({ directory, signal }: Session, { chain, store, modelId }: Network): Promise<ReportedModel> {
  const version = await chain.read("modelRegistry", "latestVersion", [modelId], { signal });
  const published = await chain.read("modelRegistry", "versionOf", [modelId, version], { signal });
  const { weightsDigest: digest, weightsByteLength: byteLength } = published;
  const bytes = await store.get({ digest, byteLength }, { signal, deadlineMs: TIMEOUT_MS });
  const file = join(directory, "model.safetensors");
  await writeFile(file, bytes);
  await writeFile(sidecarPath(file), await readModelDocument(chain, store, modelId, signal));
  return { file: relative(process.cwd(), file), version: Number(version), digest, byteLength };
}
