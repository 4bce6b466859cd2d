/** An event as who did it and what was done. Pure. */

import { PHASES } from "@cairn/trainer/protocol/contractEnums";
import { type Address, isAddress } from "viem";
import type { FeedEntry } from "../index/types.ts";
import type { Translated } from "../messages/catalogue.ts";
import type { en } from "../messages/en/chain.ts";

type Words = Translated<typeof en>;

/** Arguments that name who acted, by the event's own name for it, most telling first. */
const ACTORS = [
  "challenger",
  "winner",
  "trainer",
  "auditor",
  "proposer",
  "member",
  "node",
  "publisher",
  "grantee",
  "user",
  "prover",
  "owner",
  "newOwner",
  "from",
];

/** Events that nobody in particular did: whoever sent the transaction did it for all. */
const NOBODYS = new Set([
  ...["RoundOpened", "PhaseAdvanced", "SeedTargeted", "CommitteeDrawn", "VerdictsTallied", "AggregateAgreed"],
  ...["RoundFinalized", "RoundFailed", "SilenceBurned", "DuplicatesFound", "TaskClosed"],
  ...["RoundHeld", "RoundReleased", "TermsFixed", "GameMoved"],
  ...["CohortAdded", "CohortEntered", "CohortAdopted", "CohortRetired", "StageAdvanced"],
  ...["MergeLed", "EpochMerged", "EpochSkipped", "GateOpened"],
]);

export interface FeedWords {
  readonly actor: Address | undefined;
  readonly text: string;
}

export function feedWords({ event }: FeedEntry, words: Words): FeedWords {
  const { name, args } = event;
  return { actor: NOBODYS.has(name) ? undefined : actorOf(args), text: textOf(name, args, words) };
}

function actorOf(args: Readonly<Record<string, unknown>>): Address | undefined {
  for (const key of ACTORS) {
    const value = Object.hasOwn(args, key) ? args[key] : undefined;
    if (typeof value === "string" && isAddress(value, { strict: false })) return value;
  }
  return undefined;
}

function textOf(name: string, args: Readonly<Record<string, unknown>>, words: Words): string {
  switch (name) {
    case "PhaseAdvanced":
      return words.movedTo(words.phases[PHASES[Number(args.phase)] ?? "None"]);
    case "VersionPublished":
      return words.versionPublished(`${args.version}`);
    case "RoundFinalized":
      return words.roundFinal(`${args.version}`);
    default:
      return Object.hasOwn(words.events, name) ? words.events[name as keyof Words["events"]] : words.events.other;
  }
}
