/** What events of AggregateGame say: the feed shows them; pages follow games about updates alone. */
import type { aggregateGameAbi } from "@cairn/trainer/protocol/generated/abi";
import { nothing, type Rules } from "./rule.ts";

export const aggregateGameRules: Rules<typeof aggregateGameAbi> = {
  AggregateTermsFixed: nothing,
  AggregateGameOpened: nothing,
  GameTakenUp: nothing,
  GameMoved: nothing,
  GameEnded: nothing,
  SecondNamed: nothing,
  BondsWithdrawn: nothing,
};
