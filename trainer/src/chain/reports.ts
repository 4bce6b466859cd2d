/** Reports of a round as its auditors filed them, and what the chain says of a round that a report repeats. */
import type { Address } from "viem";
import { ABIS } from "../protocol/generated/abi.ts";
import type { Hex } from "../protocol/hex.ts";
import type { CallOptions, Chain } from "./connection.ts";
import { eventsOf, logsSince, type RoundKey } from "./task.ts";

export interface FiledReport {
  readonly auditor: Address;
  readonly digest: Hex;
  /** Unit: bytes. */
  readonly byteLength: number;
}

/** @returns one for each auditor that filed, in the chain's order. @throws {ChainError} */
export async function filedReports(chain: Chain, key: RoundKey, options: CallOptions): Promise<FiledReport[]> {
  const { taskId, round, openedAtBlock: fromBlock } = key;
  const { roundReports: address } = chain.deployment.contracts;
  const events = { address, abi: ABIS.roundReports, args: { taskId, round }, strict: true } as const;
  const read = (from: bigint, to: bigint) =>
    chain.client.getContractEvents({ ...events, eventName: "ReportFiled", fromBlock: from, toBlock: to });
  const logs = await logsSince(chain, { doing: "ReportFiled logs", fromBlock, read }, options);
  return logs.map(({ args: { auditor, digest, byteLength } }) => ({ auditor, digest, byteLength }));
}

/** What several auditors filed alike. */
export interface AgreedReport {
  readonly digest: Hex;
  readonly byteLength: number;
  /** In the order in which they filed. */
  readonly auditors: readonly Address[];
}

/** @returns what was filed, most often first; of those filed as often the earlier. Pure. */
export function tallyReports(filed: readonly FiledReport[]): AgreedReport[] {
  const tally = new Map<string, AgreedReport>();
  for (const { auditor, digest, byteLength } of filed) {
    const key = `${digest}/${byteLength}`;
    tally.set(key, { digest, byteLength, auditors: [...(tally.get(key)?.auditors ?? []), auditor] });
  }
  return [...tally.values()].sort((a, b) => b.auditors.length - a.auditors.length); // a stable sort
}

/** @returns the updates that a quorum of the round's last committee marked as duplicates. @throws {ChainError} */
export async function foundDuplicates(chain: Chain, key: RoundKey, options: CallOptions): Promise<bigint> {
  const read = (fromBlock: bigint, toBlock: bigint) =>
    chain.client.getContractEvents({ ...eventsOf(chain, key), eventName: "DuplicatesFound", fromBlock, toBlock });
  const logs = await logsSince(chain, { doing: "DuplicatesFound logs", fromBlock: key.openedAtBlock, read }, options);
  return logs.at(-1)?.args.duplicateBitmap ?? 0n;
}
