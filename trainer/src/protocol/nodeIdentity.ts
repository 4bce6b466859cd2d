/**
 * How a node binds its libp2p key, sealing key and addresses to its wallet. Pure.
 *
 * Two signatures: the wallet signs the EIP-712 struct below (checked on chain), the libp2p key signs {@link peerStatement}
 * (checked by peers), so nobody can announce another's peer id as its own.
 */
import { type Address, encodeAbiParameters, keccak256, stringToBytes } from "viem";
import type { Hex } from "./hex.ts";

/** Bits of `NodeIdentity.capabilities`. */
export const CAPABILITY = { trainer: 1, auditor: 2 } as const;

export interface NodeIdentity {
  readonly node: Address;
  readonly peerId: Hex;
  /** X25519 public key, 32 bytes. */
  readonly sealingKey: Hex;
  readonly sealingKeyVersion: bigint;
  readonly peerProof: Hex;
  readonly multiaddrs: readonly string[];
  readonly capabilities: number;
  readonly nonce: bigint;
  /** Unit: unix seconds. */
  readonly deadline: number;
}

export const NODE_IDENTITY_TYPES = {
  NodeIdentity: [
    { name: "node", type: "address" },
    { name: "peerId", type: "bytes" },
    { name: "sealingKey", type: "bytes32" },
    { name: "sealingKeyVersion", type: "uint64" },
    { name: "peerProof", type: "bytes" },
    { name: "multiaddrs", type: "string[]" },
    { name: "capabilities", type: "uint8" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint40" },
  ],
} as const;

/** The EIP-712 domain of `NodeRegistry`. */
export function nodeIdentityDomain(chainId: number, nodeRegistry: Address) {
  return { name: "Cairn NodeRegistry", version: "1", chainId, verifyingContract: nodeRegistry } as const;
}

/** @returns the 32 bytes that the libp2p key signs: "this peer key belongs to this wallet, with this sealing key". */
export function peerStatement(
  chainId: bigint,
  nodeRegistry: Address,
  identity: Pick<NodeIdentity, "node" | "sealingKey" | "sealingKeyVersion">,
): Hex {
  return keccak256(
    encodeAbiParameters(
      [
        { type: "bytes32" },
        { type: "uint256" },
        { type: "address" },
        { type: "address" },
        { type: "bytes32" },
        { type: "uint64" },
      ],
      [
        keccak256(stringToBytes("cairn.peer.v1")),
        chainId,
        nodeRegistry,
        identity.node,
        identity.sealingKey,
        identity.sealingKeyVersion,
      ],
    ),
  );
}
