/** The events of dispute games on a chain that a test writes block by block, and how much of them was asked for. */
import type { Stage } from "../../audit/dispute/game.ts";
import { STAGES } from "../../audit/dispute/game.ts";
import type { Chain } from "../connection.ts";

interface Event {
  readonly eventName: string;
  readonly args: { readonly gameId: bigint } & Readonly<Record<string, unknown>>;
  readonly blockNumber: bigint;
}

interface Query {
  readonly eventName: string;
  readonly args?: { readonly gameId?: bigint | readonly bigint[] | undefined };
  readonly fromBlock: bigint;
  readonly toBlock: bigint;
}

export class GameEvents {
  /** The newest block. */
  head = 0n;
  /** Changes with every reorganisation: of all blocks above the one that both chains have. */
  #forks: { readonly above: bigint; readonly name: string }[] = [];
  #events: Event[] = [];
  readonly queries: Query[] = [];
  /** How often each event was handed out. */
  readonly handedOut = new Map<unknown, number>();

  add(eventName: string, gameId: bigint, args: Readonly<Record<string, unknown>> = {}): void {
    this.#events.push({ eventName, args: { gameId, ...args }, blockNumber: this.head });
  }

  move(gameId: bigint, stage: Stage, deadline: number): void {
    this.add("GameMoved", gameId, { position: { stage: STAGES.indexOf(stage) }, points: [], deadline });
  }

  /** Takes back all blocks above this one. */
  takeBack(above: bigint): void {
    this.#forks.push({ above, name: `${this.#forks.length}` });
    this.#events = this.#events.filter(({ blockNumber }) => blockNumber <= above);
  }

  /** @returns the part of a chain that readers of games use. */
  get chain(): Chain {
    const client = {
      getBlockNumber: async () => this.head,
      getBlock: async ({ blockNumber }: { readonly blockNumber: bigint }) => ({ hash: this.#hashOf(blockNumber) }),
      getContractEvents: async (query: Query) => this.#read(query),
    };
    const contracts = { disputeGame: "0xd1", aggregateGame: "0xa9" };
    const request = (_doing: string, work: () => Promise<unknown>) => work();
    return { client, deployment: { contracts }, request } as unknown as Chain;
  }

  #hashOf(blockNumber: bigint): string {
    const forks = this.#forks.filter(({ above }) => blockNumber > above).map(({ name }) => name);
    return `${blockNumber}/${forks.join(",")}`;
  }

  #read(query: Query): Event[] {
    this.queries.push(query);
    const { eventName, args, fromBlock, toBlock } = query;
    const asked = args?.gameId;
    const ids = asked === undefined ? undefined : new Set([asked].flat());
    const found = this.#events.filter((event) => {
      const isThere = event.blockNumber >= fromBlock && event.blockNumber <= toBlock;
      return isThere && event.eventName === eventName && (ids === undefined || ids.has(event.args.gameId));
    });
    for (const event of found) this.handedOut.set(event, (this.handedOut.get(event) ?? 0) + 1);
    return found;
  }
}
