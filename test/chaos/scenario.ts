/** What can be done to a node, and what comes of it. */
import type { Chance } from "./chance.ts";
import type { ChaosNetwork } from "./network/chaosNetwork.ts";
import type { Victim } from "./network/victim.ts";

/** A resident has its place and takes part in round after round; a newcomer is seen from its first start to its end. */
export type Subject = "trainer" | "auditor" | "newcomer";

export interface Scenario {
  readonly name: string;
  /** One sentence, for people. */
  readonly about: string;
  readonly subject: Subject;
  /** Played at every change, too, not only at night. @default false */
  readonly isQuick?: boolean;
  /** Done to the chain that all share: nothing else is played meanwhile. @default false */
  readonly isAlone?: boolean;
  play(stage: Stage): Promise<Played>;
}

export interface Stage {
  readonly network: ChaosNetwork;
  readonly victim: Victim;
  readonly taskId: bigint;
  readonly chance: Chance;
  /** How many transactions had left the node when the scenario began. */
  readonly sentBefore: number;
  readonly signal: AbortSignal;
}

/** What a scenario did, for the judgement of it. */
export interface Played {
  readonly firstRound: number;
  /** It is over, and with it all rounds before. */
  readonly lastRound: number;
  /** From each start of the process to its being at work. Unit: milliseconds. */
  readonly recoveriesMs: readonly number[];
  /** The round that the node may lawfully have missed. @default none: its duties are all done, its work accepted */
  readonly missed?: number;
}

export interface ScenarioResult {
  readonly scenario: string;
  readonly seed: number;
  readonly passed: boolean;
  readonly seconds: number;
  readonly recoveriesMs: readonly number[];
  /** What did not hold, one sentence each. */
  readonly broken: readonly string[];
}
