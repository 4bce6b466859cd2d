/** Who takes part, read from `NodeRegistry`: the bootstrap list that replaces every server. */
import { type Address, getAddress } from "viem";
import { ABIS } from "../protocol/generated/abi.ts";
import type { Hex } from "../protocol/hex.ts";
import { peerIdText, verifyPeerProof } from "../protocol/peerProof.ts";
import { refusalOf } from "./chainError.ts";
import type { CallOptions, Chain } from "./connection.ts";

export interface AnnouncedNode {
  readonly node: Address;
  readonly peerId: string;
  readonly multiaddrs: readonly string[];
  readonly capabilities: number;
  readonly sealingKey: Hex;
}

/** More than this are not read at once. Unit: nodes. A page of the registry at 2 calls a node stays within seconds. */
const MAX_NODES = 1_024;

/**
 * @returns the latest announcement of every registered node whose peer proof holds; others are left out.
 * @throws {ChainError}
 */
export async function listNodes(chain: Chain, options: CallOptions): Promise<AnnouncedNode[]> {
  const count = Number(await chain.read("nodeRegistry", "nodeCount", [], options));
  const reads = Array.from({ length: Math.min(count, MAX_NODES) }, async (_, i) => {
    const node = await chain.read("nodeRegistry", "nodeAt", [BigInt(i)], options);
    return readNode(chain, node, options);
  });
  return (await Promise.all(reads)).filter((node) => node !== undefined);
}

/** @returns the latest announcement of `node`; `undefined` when there is none or its peer proof is false. */
export async function readNode(chain: Chain, node: Address, options: CallOptions): Promise<AnnouncedNode | undefined> {
  const { registered, announcedAtBlock } = await chain.read("nodeRegistry", "nodeOf", [node], options);
  if (!registered) return undefined;
  const { nodeRegistry } = chain.deployment.contracts;
  const logs = await chain.request(
    "NodeAnnounced logs",
    () =>
      chain.client.getContractEvents({
        address: nodeRegistry,
        abi: ABIS.nodeRegistry,
        eventName: "NodeAnnounced",
        args: { node },
        fromBlock: BigInt(announcedAtBlock),
        toBlock: BigInt(announcedAtBlock),
        strict: true,
      }),
    options,
  );
  const announcement = logs.at(-1)?.args;
  if (announcement === undefined) return undefined;
  const { peerId, sealingKey, sealingKeyVersion, peerProof, multiaddrs, capabilities } = announcement;
  const identity = { node: getAddress(node), peerId, sealingKey, sealingKeyVersion, peerProof };
  if (!verifyPeerProof(identity, { chainId: BigInt(chain.deployment.chainId), nodeRegistry })) return undefined;
  return { node: identity.node, peerId: peerIdText(peerId), multiaddrs, capabilities, sealingKey };
}

/**
 * @returns the stake of all auditors that counts in a draw now. Unit: wei.
 * @throws {ChainError}
 */
export async function auditorsStake(chain: Chain, options: CallOptions): Promise<bigint> {
  for (let attempt = 0; ; attempt++) {
    const epoch = await chain.read("nodeRegistry", "currentEpoch", [], options);
    try {
      return await chain.read("nodeRegistry", "totalWeight", [epoch - 1n], options);
    } catch (error) {
      const moved = refusalOf(error) !== undefined; // the epoch ended in between
      if (!moved || attempt > 0) throw error;
    }
  }
}
