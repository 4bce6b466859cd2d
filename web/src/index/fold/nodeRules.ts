/** What events of NodeRegistry say: who takes part, and what became of its stake. */
import type { nodeRegistryAbi } from "@cairn/trainer/protocol/generated/abi";
import { zeroAddress } from "viem";
import type { Node, Unbonding } from "../types.ts";
import { add, type Draft, type NodeDraft } from "./draft.ts";
import { type At, nothing, type Rules, refOf } from "./rule.ts";

/** Bits of `capabilities`. Source: contracts/types/Node.sol. */
const TRAINS = 1;
const AUDITS = 2;

export const nodeRules: Rules<typeof nodeRegistryAbi> = {
  NodeAnnounced: (draft, { node: address, peerId, sealingKeyVersion, multiaddrs, capabilities }, at) => {
    const known = draft.nodes.get(address) ?? newNode(address, at);
    draft.nodes.set(address, {
      ...known,
      announced: refOf(at),
      announcements: known.announcements + 1,
      peerId,
      multiaddrs,
      trains: (capabilities & TRAINS) !== 0,
      audits: (capabilities & AUDITS) !== 0,
      sealingKeyVersion: Number(sealingKeyVersion),
    });
  },
  StakeAdded: (draft, { node: address, amountWei, newStakeWei }, at) => {
    const node = nodeOf(draft, address, at);
    if (node === undefined) return;
    node.stakeWei = newStakeWei;
    node.stakeAdded = [...node.stakeAdded, { amountWei, at: refOf(at) }];
  },
  UnstakeRequested: (draft, { node: address, amountWei, newStakeWei, availableAt }, at) => {
    const node = nodeOf(draft, address, at);
    if (node === undefined) return;
    node.stakeWei = newStakeWei;
    node.unbondingWei += amountWei;
    node.unbonding = [...node.unbonding, { amountWei, availableAt }];
  },
  StakeWithdrawn: (draft, { node: address, amountWei, newUnbondingWei }, at) => {
    const node = nodeOf(draft, address, at);
    if (node === undefined) return;
    node.unbondingWei = newUnbondingWei;
    node.unbonding = takeFrom(node.unbonding, amountWei);
  },
  StakeSlashed: (draft, args, at) => {
    const { node: address, prover, reason, bountyWei, burnedWei, newStakeWei, newUnbondingWei } = args;
    if (bountyWei > 0n) add(draft.bounties, prover, bountyWei);
    const node = nodeOf(draft, address, at);
    if (node === undefined) return;
    node.slashes = [...node.slashes, { prover, reason, bountyWei, burnedWei, at: refOf(at) }];
    node.unbonding = takeFrom(node.unbonding, node.unbondingWei - newUnbondingWei);
    node.stakeWei = newStakeWei;
    node.unbondingWei = newUnbondingWei;
    if (prover !== zeroAddress) setReputation(node, Math.floor(node.reputationNano / 2), "slashed", at);
  },
  StakeLocked: (draft, { node: address, newLockedWei }, at) => {
    const node = nodeOf(draft, address, at);
    if (node !== undefined) node.lockedWei = newLockedWei;
  },
  StakeUnlocked: (draft, { node: address, newLockedWei }, at) => {
    const node = nodeOf(draft, address, at);
    if (node !== undefined) node.lockedWei = newLockedWei;
  },
  ReputationCredited: (draft, { node: address, newReputationNano }, at) => {
    const node = nodeOf(draft, address, at);
    if (node !== undefined) setReputation(node, newReputationNano, "credited", at);
  },
  BountyClaimed: ({ bounties }, { prover }) => void bounties.set(prover, 0n),
  EIP712DomainChanged: nothing,
  RoleAdminChanged: nothing,
  RoleGranted: nothing,
  RoleRevoked: nothing,
};

function newNode(address: Node["address"], at: At): Node {
  return {
    address,
    registered: refOf(at),
    announced: refOf(at),
    announcements: 0,
    peerId: "0x",
    multiaddrs: [],
    trains: false,
    audits: false,
    sealingKeyVersion: 0,
    stakeWei: 0n,
    unbondingWei: 0n,
    unbonding: [],
    lockedWei: 0n,
    reputationNano: 0,
    reputation: [],
    slashes: [],
    stakeAdded: [],
  };
}

function nodeOf(draft: Draft, address: Node["address"], at: At): NodeDraft | undefined {
  const node = draft.node(address);
  if (node === undefined) draft.contradict(at, "unknownNode");
  return node;
}

function setReputation(node: NodeDraft, reputationNano: number, cause: "credited" | "slashed", at: At): void {
  node.reputationNano = reputationNano;
  node.reputation = [...node.reputation, { reputationNano, cause, at: refOf(at) }];
}

/** Oldest first, as UnbondingQueue does, when paying and when slashing. */
function takeFrom(queue: readonly Unbonding[], amountWei: bigint): Unbonding[] {
  let missingWei = amountWei;
  const left: Unbonding[] = [];
  for (const entry of queue) {
    const takenWei = missingWei < entry.amountWei ? missingWei : entry.amountWei;
    missingWei -= takenWei;
    if (entry.amountWei > takenWei) left.push({ ...entry, amountWei: entry.amountWei - takenWei });
  }
  return left;
}
