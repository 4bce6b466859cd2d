/** Each contract's ABI with where it stands. Pure. */
import type { Abi, Address } from "viem";
import type { EventSource } from "../types.ts";

export interface PlacedAbi {
  readonly address: Address;
  readonly abi: Abi;
}

export function placedAbis(
  abis: Readonly<Record<EventSource, Abi>>,
  addresses: Readonly<Record<EventSource, Address>>,
): Readonly<Record<EventSource, PlacedAbi>> {
  const placed = Object.entries(abis).map(([name, abi]) => [name, { abi, address: addresses[name as EventSource] }]);
  return Object.fromEntries(placed) as Record<EventSource, PlacedAbi>;
}
