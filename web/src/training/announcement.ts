/**
 * Makes a tab's account known as a trainer: keys of its own, proven, and a struct for the wallet to sign. Pure but for keys.
 *
 * A tab listens nowhere, so it announces no address; what it computes is served by the node that takes its updates.
 */
import {
  CAPABILITY,
  NODE_IDENTITY_TYPES,
  nodeIdentityDomain,
  peerStatement,
} from "@cairn/trainer/protocol/nodeIdentity";
import { peerIdOf, sealingKeyOf, signPeerProof } from "@cairn/trainer/protocol/peerProof";
import type { Address } from "viem";
import type { Runtime } from "../runtime/runtime.ts";
import type { NodeKeys } from "./store/nodeKeys.ts";

export interface AnnouncementFacts {
  readonly runtime: Runtime;
  readonly account: Address;
  readonly keys: NodeKeys;
  /** Unit: unix seconds, of the chain's clock. */
  readonly nowSeconds: number;
}

/** How long a signed announcement stays usable. Unit: seconds. */
const VALID_SECONDS = 3_600;

/** @returns the typed data that the wallet signs, for an account that is new; its message is the contract's first argument. */
export function announcementOf(facts: AnnouncementFacts) {
  const { runtime, account, keys, nowSeconds } = facts;
  const { chain, contracts } = runtime;
  const key = { node: account, sealingKey: sealingKeyOf(keys.sealing), sealingKeyVersion: 1n };
  return {
    domain: nodeIdentityDomain(chain.id, contracts.nodeRegistry),
    types: NODE_IDENTITY_TYPES,
    primaryType: "NodeIdentity",
    message: {
      ...key,
      peerId: peerIdOf(keys.peer),
      peerProof: signPeerProof(peerStatement(BigInt(chain.id), contracts.nodeRegistry, key), keys),
      multiaddrs: [] as readonly string[],
      capabilities: CAPABILITY.trainer,
      nonce: 0n,
      deadline: Math.floor(nowSeconds) + VALID_SECONDS,
    },
  } as const;
}
