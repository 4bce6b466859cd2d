/** The shape of a rule: what one event says of the state. Types only. */
import type { Abi, ContractEventName, GetEventArgs } from "viem";
import type { EventRef } from "../types.ts";
import type { Draft } from "./draft.ts";

/** Where and under which name it was said. */
export interface At extends EventRef {
  readonly name: string;
}

/** @returns what `name` of `abi` carries, as viem decodes it. */
export type ArgsOf<A extends Abi, N extends ContractEventName<A>> = GetEventArgs<
  A,
  N,
  { EnableUnion: false; IndexedOnly: false; Required: true }
>;

/** One rule for every event of a contract: an event without one does not compile. */
export type Rules<A extends Abi> = {
  readonly [N in ContractEventName<A>]: (draft: Draft, args: ArgsOf<A, N>, at: At) => void;
};

/** For events that change nothing that pages read. They stand in the feed all the same. */
export function nothing(): void {}

/** @returns only where, to be kept in a state. */
export function refOf({ blockNumber, logIndex, transactionHash }: EventRef): EventRef {
  return { blockNumber, logIndex, transactionHash };
}
