/** Events into the state. Pure: the same events give the same state, in one batch or in many. */

import type { ChainEvent, ChainState } from "../types.ts";
import { cohortRules } from "./cohortRules.ts";
import { accountsIn } from "./decodeLogs.ts";
import { aggregateGameRules, disputeRules } from "./disputeRules.ts";
import { Draft } from "./draft.ts";
import { nodeRules } from "./nodeRules.ts";
import { dataRules, modelRules } from "./registryRules.ts";
import type { At } from "./rule.ts";
import { taskRules } from "./taskRules.ts";
import { tokenRules } from "./tokenRules.ts";

type AnyRule = (draft: Draft, args: never, at: At) => void;

const RULES: Readonly<Record<ChainEvent["source"], Readonly<Record<string, AnyRule>>>> = {
  cairnToken: tokenRules,
  nodeRegistry: nodeRules,
  modelRegistry: modelRules,
  dataRegistry: dataRules,
  flContract: taskRules,
  disputeGame: disputeRules,
  cohorts: cohortRules,
  aggregateGame: aggregateGameRules,
  roundReports: {}, // documents: shown where somebody asks for one
};

/**
 * @param events in the order of the chain, all after `state.blockNumber`.
 * @param blockNumber up to which block these are all.
 * @returns the state after them; `state` itself stays as it is.
 */
export function foldEvents(state: ChainState, events: readonly ChainEvent[], blockNumber: bigint): ChainState {
  if (events.length === 0) return state.blockNumber === blockNumber ? state : { ...state, blockNumber };
  const draft = new Draft(state);
  for (const event of events) {
    draft.feed.push({ event, ...subjectOf(event), accounts: accountsIn(event.args) });
    RULES[event.source][event.name]?.(draft, event.args as never, event);
  }
  return draft.finish(blockNumber);
}

function subjectOf({ source, args }: ChainEvent): { taskId: bigint | undefined; round: number | undefined } {
  const taskId = typeof args.taskId === "bigint" && args.taskId > 0n ? args.taskId : undefined;
  const isOfRound = source === "flContract" || source === "roundReports";
  const round = isOfRound && typeof args.round === "number" ? args.round : undefined;
  return { taskId, round };
}
