/** What events of DisputeGame and AggregateGame say. */
import { type GameKind, OUTCOMES, sideToMove } from "@cairn/trainer/audit/dispute/game";
import { gameName } from "@cairn/trainer/audit/dispute/gameName";
import { outline, withClaim } from "@cairn/trainer/audit/dispute/outline";
import type { aggregateGameAbi, disputeGameAbi } from "@cairn/trainer/protocol/generated/abi";
import type { MeanPart } from "../types.ts";
import type { Draft } from "./draft.ts";
import { type At, nothing, type Rules, refOf } from "./rule.ts";

export const disputeRules: Rules<typeof disputeGameAbi> = {
  ...narrowingRules("update"),
  TermsFixed: nothing,
  GameOpened: (draft, { gameId: id, challenger, claim }, at) => {
    const { taskId, round, trainer: claimant, updateDigest: digest } = claim;
    const name = gameName({ kind: "update", gameId: id });
    const game = { kind: "update", id, name, taskId, round, claimant, challenger, digest, updates: [] } as const;
    const sides = { defender: claimant, parentId: undefined };
    draft.disputes.set(name, { ...game, ...sides, opened: refOf(at), moves: [], ended: undefined });
  },
  SampleCountDisproven: nothing,
};

export const aggregateGameRules: Rules<typeof aggregateGameAbi> = {
  ...narrowingRules("aggregate"),
  AggregateTermsFixed: nothing,
  AggregateGameOpened: (draft, { gameId: id, challenger, claim }, at) => {
    const { taskId, round, proposer: claimant, digest } = claim;
    const name = gameName({ kind: "aggregate", gameId: id });
    const updates = acceptedIn(draft, taskId, round);
    const game = { kind: "aggregate", id, name, taskId, round, claimant, challenger, digest, updates } as const;
    const sides = { defender: claimant, parentId: undefined };
    draft.disputes.set(name, { ...game, ...sides, opened: refOf(at), moves: [], ended: undefined });
  },
};

/** INarrowingGame's events: what all games have. */
function narrowingRules(kind: GameKind): Pick<Rules<typeof aggregateGameAbi>, NarrowingEvent> {
  return {
    GameTakenUp: (draft, { gameId, parentId, defender }, at) => {
      const dispute = disputeOf(draft, gameName({ kind, gameId }), at);
      if (dispute !== undefined) draft.disputes.set(dispute.name, { ...dispute, parentId, defender });
    },
    GameMoved: (draft, { gameId, position, points, deadline }, at) => {
      const dispute = disputeOf(draft, gameName({ kind, gameId }), at);
      if (dispute === undefined) return;
      const { moves } = dispute;
      const shown = outline(kind, position);
      const words = shown.stage === "PickElement" ? points : [];
      const place = withClaim(shown, moves.findLast((move) => move.words.length > 0)?.words ?? []);
      const by = moves.at(-1)?.next ?? "challenger";
      const move = { place, words, by, next: sideToMove(position), deadline, at: refOf(at) };
      draft.disputes.set(dispute.name, { ...dispute, moves: [...moves, move] });
    },
    GameEnded: (draft, { gameId, outcome, winner, takenWei }, at) => {
      const dispute = disputeOf(draft, gameName({ kind, gameId }), at);
      if (dispute === undefined) return;
      const ended = { outcome: OUTCOMES[outcome] ?? "None", winner, takenWei, at: refOf(at) };
      draft.disputes.set(dispute.name, { ...dispute, ended });
    },
    SecondNamed: nothing,
    BondsWithdrawn: nothing,
  };
}

type NarrowingEvent = "GameTakenUp" | "GameMoved" | "GameEnded" | "SecondNamed" | "BondsWithdrawn";

function disputeOf(draft: Draft, name: string, at: At) {
  const dispute = draft.disputes.get(name);
  if (dispute === undefined) draft.contradict(at, "unknownDispute");
  return dispute;
}

/** What the round's committee had accepted then: all of it is in the mean. */
function acceptedIn(draft: Draft, taskId: bigint, round: number): MeanPart[] {
  const participants = draft.tasks.get(taskId)?.rounds[round - 1]?.participants ?? [];
  return participants
    .flatMap(({ trainer, accepted, revealed }) =>
      accepted === true && revealed !== undefined ? [{ trainer, sampleCount: revealed.sampleCount }] : [],
    )
    .sort((a, b) => (a.trainer.toLowerCase() < b.trainer.toLowerCase() ? -1 : 1));
}
