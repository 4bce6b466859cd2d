/** Makes groups of cohorts. Asserts nothing: the tests say what must come of it. */
import { ZeroAddress, ZeroHash } from "ethers";
import type { Cairn } from "./cairn.ts";
import { createTask } from "./round.ts";

const WEIGHTS = `0x${"77".repeat(32)}`;
const BYTE_LENGTH = 4_096;

/** A group whose cohort i trainer i has joined. Both of its waits last 300 seconds. */
export async function createGroup(cairn: Cairn, count: number) {
  const { modelRegistry, flContract, cohorts, owner, trainers } = cairn;
  const register = async (parent: bigint, publisher: unknown): Promise<bigint> => {
    const registry = modelRegistry.connect(owner);
    await registry.registerModel("walker", ZeroHash, 10, WEIGHTS, BYTE_LENGTH, parent, 0);
    const modelId: bigint = await modelRegistry.modelCount();
    await registry.gateModel(modelId, cohorts, publisher);
    return modelId;
  };
  const rootId = await register(0n, ZeroAddress);
  await cohorts.connect(owner).createGroup(rootId, 300, 300);
  const groupId: bigint = await cohorts.groupCount();
  const taskIds: bigint[] = [];
  for (let cohort = 0; cohort < count; cohort++) {
    const { taskId } = await createTask(cairn, { modelId: await register(rootId, flContract), rounds: 10 });
    await flContract.connect(trainers[cohort]).join(taskId);
    taskIds.push(taskId);
  }
  await cohorts.connect(owner).addCohorts(groupId, taskIds);
  return { groupId, rootId, taskIds };
}

export async function passGroupDeadline({ cohorts, networkHelpers }: Cairn, groupId: bigint): Promise<void> {
  const { deadline } = await cohorts.groupOf(groupId);
  await networkHelpers.time.increaseTo(deadline);
}
