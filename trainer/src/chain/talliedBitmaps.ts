/** What a round's committees accepted, each in its turn. */
import { ABIS } from "../protocol/generated/abi.ts";
import type { CallOptions, Chain } from "./connection.ts";
import { logsSince } from "./task.ts";

export interface TallyQuery {
  readonly taskId: bigint;
  readonly round: number;
  readonly fromBlock: bigint;
}

/** @returns the bitmaps as they were tallied, the first committee's first. @throws {ChainError} */
export async function talliedBitmaps(
  chain: Chain,
  { taskId, round, fromBlock }: TallyQuery,
  options: CallOptions,
): Promise<bigint[]> {
  const address = chain.deployment.contracts.flContract;
  const events = { address, abi: ABIS.flContract, strict: true, args: { taskId, round } } as const;
  const read = (from: bigint, to: bigint) =>
    chain.client.getContractEvents({ ...events, eventName: "VerdictsTallied", fromBlock: from, toBlock: to });
  const logs = await logsSince(chain, { doing: "VerdictsTallied logs", fromBlock, read }, options);
  return logs.map(({ args }) => args.acceptedBitmap);
}
