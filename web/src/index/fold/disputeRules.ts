/** What events of DisputeGame say. */
import { OUTCOMES, sideToMove } from "@cairn/trainer/audit/dispute/game";
import { outline } from "@cairn/trainer/audit/dispute/outline";
import type { disputeGameAbi } from "@cairn/trainer/protocol/generated/abi";
import type { Draft } from "./draft.ts";
import { type At, nothing, type Rules, refOf } from "./rule.ts";

export const disputeRules: Rules<typeof disputeGameAbi> = {
  TermsFixed: nothing,
  GameOpened: (draft, { gameId, challenger, claim }, at) => {
    const { taskId, round, trainer, updateDigest } = claim;
    const game = { id: gameId, taskId, round, trainer, challenger, updateDigest };
    const sides = { defender: trainer, parentId: undefined };
    draft.disputes.set(gameId, { ...game, ...sides, opened: refOf(at), moves: [], ended: undefined });
  },
  GameTakenUp: (draft, { gameId, parentId, defender }, at) => {
    const dispute = disputeOf(draft, gameId, at);
    if (dispute !== undefined) draft.disputes.set(gameId, { ...dispute, parentId, defender });
  },
  GameMoved: (draft, { gameId, position, deadline }, at) => {
    const dispute = disputeOf(draft, gameId, at);
    if (dispute === undefined) return;
    const by = dispute.moves.at(-1)?.next ?? "challenger";
    const move = { place: outline(position), by, next: sideToMove(position), deadline, at: refOf(at) };
    draft.disputes.set(gameId, { ...dispute, moves: [...dispute.moves, move] });
  },
  GameEnded: (draft, { gameId, outcome, winner, takenWei }, at) => {
    const dispute = disputeOf(draft, gameId, at);
    if (dispute === undefined) return;
    const ended = { outcome: OUTCOMES[outcome] ?? "None", winner, takenWei, at: refOf(at) };
    draft.disputes.set(gameId, { ...dispute, ended });
  },
  SampleCountDisproven: nothing,
  SecondNamed: nothing,
  BondsWithdrawn: nothing,
};

function disputeOf(draft: Draft, id: bigint, at: At) {
  const dispute = draft.disputes.get(id);
  if (dispute === undefined) draft.contradict(at, "unknownDispute");
  return dispute;
}
