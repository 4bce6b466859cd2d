/** From raw logs to events. Pure: an RPC's answer is foreign, so nothing in it is taken on trust. */
import { type AbiEvent, type Address, decodeEventLog, getAddress, type Hash, type Hex, toEventSelector } from "viem";
import type { ChainEvent, EventSource } from "../types.ts";
import type { PlacedAbi } from "./placedAbis.ts";

export interface RawLog {
  readonly address: Address;
  readonly topics: readonly Hex[];
  readonly data: Hex;
  readonly blockNumber: bigint;
  readonly logIndex: number;
  readonly transactionHash: Hash;
}

export interface LogDecoder {
  /** @returns the events in the order of the chain; logs that no ABI knows are only counted. */
  decode(logs: readonly RawLog[]): { readonly events: ChainEvent[]; readonly unknown: number };
}

/** @param contracts where each contract stands, with its ABI. */
export function createLogDecoder(contracts: Readonly<Record<EventSource, PlacedAbi>>): LogDecoder {
  const sources = new Map<string, { readonly source: EventSource; readonly events: ReadonlyMap<Hex, [AbiEvent]> }>();
  for (const [source, { address, abi }] of Object.entries(contracts)) {
    const events = abi.filter((item): item is AbiEvent => item.type === "event");
    const bySelector = new Map(events.map((event): [Hex, [AbiEvent]] => [toEventSelector(event), [event]]));
    sources.set(address.toLowerCase(), { source: source as EventSource, events: bySelector });
  }

  function decodeOne(log: RawLog): ChainEvent | undefined {
    const known = sources.get(log.address.toLowerCase());
    const abi = known?.events.get(log.topics[0] ?? "0x");
    if (known === undefined || abi === undefined) return undefined;
    try {
      const topics = log.topics as [Hex, ...Hex[]];
      const { eventName, args } = decodeEventLog({ abi, data: log.data, topics, strict: true });
      const { blockNumber, logIndex, transactionHash } = log;
      const named = (args ?? {}) as Readonly<Record<string, unknown>>;
      return { source: known.source, name: eventName as string, args: named, blockNumber, logIndex, transactionHash };
    } catch {
      return undefined; // its bytes are not what its first topic says
    }
  }

  return {
    decode: (logs) => {
      const decoded = [...logs].sort(inOrder).map(decodeOne);
      const events = decoded.filter((event) => event !== undefined);
      return { events, unknown: decoded.length - events.length };
    },
  };
}

/** Block by block, and within a block as the chain has them. */
export function inOrder(a: RawLog, b: RawLog): number {
  return a.blockNumber === b.blockNumber ? a.logIndex - b.logIndex : a.blockNumber < b.blockNumber ? -1 : 1;
}

/** @returns the distinct addresses among the arguments, in their order. */
export function accountsIn(args: Readonly<Record<string, unknown>>): Address[] {
  const found = new Set<Address>();
  for (const value of Object.values(args)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (typeof item === "string" && /^0x[0-9a-fA-F]{40}$/.test(item)) found.add(getAddress(item));
    }
  }
  return [...found];
}
