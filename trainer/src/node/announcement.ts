/** Makes a node known: its addresses and keys, signed by its wallet, in `NodeRegistry`. */
import type { Address } from "viem";
import { ChainError } from "../chain/chainError.ts";
import type { CallOptions, Chain } from "../chain/connection.ts";
import { readNode } from "../chain/nodes.ts";
import { CAPABILITY, NODE_IDENTITY_TYPES, nodeIdentityDomain, peerStatement } from "../protocol/nodeIdentity.ts";
import { peerIdOf, peerIdText, sealingKeyOf, signPeerProof } from "../protocol/peerProof.ts";
import type { Role } from "./nodeEvent.ts";
import type { NodeKeys } from "./nodeKeys.ts";

export interface Announcement {
  readonly keys: NodeKeys;
  readonly multiaddrs: readonly string[];
  readonly roles: readonly Role[];
}

/** How long a signed announcement stays usable. Unit: seconds. */
const VALID_SECONDS = 3_600;

/**
 * Announces, or announces again when something changed since.
 *
 * @returns whether a transaction was needed.
 * @throws {ChainError}
 */
export async function announceNode(
  chain: Chain,
  { keys, multiaddrs, roles }: Announcement,
  options: CallOptions,
): Promise<boolean> {
  const { account } = chain;
  if (account?.signTypedData === undefined) {
    throw new ChainError({ code: "CHAIN_ACCOUNT_MISSING" }, "announcing a node needs its account");
  }
  const node: Address = account.address;
  const capabilities = roles.reduce((bits, role) => bits | CAPABILITY[role], 0);
  const present = await readNode(chain, node, options);
  if (
    present?.peerId === peerIdText(peerIdOf(keys.peer)) &&
    present.capabilities === capabilities &&
    present.sealingKey === sealingKeyOf(keys.sealing) &&
    JSON.stringify(present.multiaddrs) === JSON.stringify(multiaddrs)
  ) {
    return false;
  }
  const { nonce, sealingKeyVersion, registered } = await chain.read("nodeRegistry", "nodeOf", [node], options);
  const sameSealingKey = !registered || present?.sealingKey === sealingKeyOf(keys.sealing);
  const key = {
    node,
    sealingKey: sealingKeyOf(keys.sealing),
    sealingKeyVersion: registered ? sealingKeyVersion + (sameSealingKey ? 0n : 1n) : 1n,
  };
  const { nodeRegistry } = chain.deployment.contracts;
  const { chainId } = chain.deployment;
  const block = await chain.request("eth_getBlockByNumber", () => chain.client.getBlock(), options);
  const identity = {
    ...key,
    peerId: peerIdOf(keys.peer),
    peerProof: signPeerProof(peerStatement(BigInt(chainId), nodeRegistry, key), keys),
    multiaddrs: [...multiaddrs],
    capabilities,
    nonce,
    deadline: Number(block.timestamp) + VALID_SECONDS,
  };
  const signature = await account.signTypedData({
    domain: nodeIdentityDomain(chainId, nodeRegistry),
    types: NODE_IDENTITY_TYPES,
    primaryType: "NodeIdentity",
    message: identity,
  });
  await chain.send("nodeRegistry", "announce", [identity, signature], options);
  return true;
}
