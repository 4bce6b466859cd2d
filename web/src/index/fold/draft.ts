/**
 * A state in the making: what a batch of events touches is copied once, everything else is shared with the state before.
 *
 * Only the rules use it. Nothing that a finished state holds is ever written to again.
 */
import type { Address } from "viem";
import type {
  ChainState,
  Contradiction,
  Dataset,
  Dispute,
  Enrolment,
  EventRef,
  FeedEntry,
  Group,
  Model,
  Node,
  Round,
  Task,
} from "../types.ts";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export type NodeDraft = Writable<Node>;
export type DatasetDraft = Omit<Writable<Dataset>, "grants"> & { grants: Map<Address, number> };
export type ModelDraft = Omit<Writable<Model>, "publishers" | "versions"> & {
  publishers: Set<Address>;
  versions: Model["versions"][number][];
};
export type TaskDraft = Omit<Writable<Task>, "trainers" | "rounds" | "earned" | "claimable"> & {
  trainers: Map<Address, Enrolment>;
  rounds: Round[];
  earned: Map<Address, bigint>;
  claimable: Map<Address, bigint>;
};
export type RoundDraft = Writable<Round>;

/** More than this are counted as trouble enough. */
const MAX_CONTRADICTIONS = 100;

export class Draft {
  readonly tasks: Map<bigint, Task>;
  readonly nodes: Map<Address, Node>;
  readonly models: Map<bigint, Model>;
  readonly datasets: Map<bigint, Dataset>;
  readonly disputes: Map<string, Dispute>;
  readonly groups: Map<bigint, Group>;
  readonly balances: Map<Address, bigint>;
  readonly bounties: Map<Address, bigint>;
  readonly feed: FeedEntry[];
  readonly contradictions: Contradiction[];
  /** What was copied for this draft, and so may be written to. */
  readonly #own = new Set<object>();

  constructor(base: ChainState) {
    this.tasks = new Map(base.tasks);
    this.nodes = new Map(base.nodes);
    this.models = new Map(base.models);
    this.datasets = new Map(base.datasets);
    this.disputes = new Map(base.disputes);
    this.groups = new Map(base.groups);
    this.balances = new Map(base.balances);
    this.bounties = new Map(base.bounties);
    this.feed = [...base.feed];
    this.contradictions = [...base.contradictions];
  }

  task(id: bigint): TaskDraft | undefined {
    return this.#writable(this.tasks, id, (task) => ({
      ...task,
      trainers: new Map(task.trainers),
      rounds: [...task.rounds],
      earned: new Map(task.earned),
      claimable: new Map(task.claimable),
    })) as TaskDraft | undefined;
  }

  /** @param number Counts from 1. */
  round(task: TaskDraft, number: number): RoundDraft | undefined {
    const round = task.rounds[number - 1];
    if (round === undefined || this.#own.has(round)) return round as RoundDraft | undefined;
    const copy = { ...round };
    this.#own.add(copy);
    task.rounds[number - 1] = copy;
    return copy;
  }

  node(address: Address): NodeDraft | undefined {
    return this.#writable(this.nodes, address, (node) => ({ ...node })) as NodeDraft | undefined;
  }

  model(id: bigint): ModelDraft | undefined {
    return this.#writable(this.models, id, (model) => ({
      ...model,
      publishers: new Set(model.publishers),
      versions: [...model.versions],
    })) as ModelDraft | undefined;
  }

  dataset(id: bigint): DatasetDraft | undefined {
    return this.#writable(this.datasets, id, (dataset) => ({ ...dataset, grants: new Map(dataset.grants) })) as
      | DatasetDraft
      | undefined;
  }

  /** Something that the contracts would not have said after what they said before. */
  contradict(at: EventRef & { readonly name: string }, problem: Contradiction["problem"]): void {
    if (this.contradictions.length >= MAX_CONTRADICTIONS) return;
    const { blockNumber, logIndex, transactionHash, name } = at;
    this.contradictions.push({ at: { blockNumber, logIndex, transactionHash }, name, problem });
  }

  finish(blockNumber: bigint): ChainState {
    const { tasks, nodes, models, datasets, disputes, groups, balances, bounties, feed, contradictions } = this;
    const objects = { tasks, nodes, models, datasets, disputes, groups };
    return { blockNumber, eventCount: feed.length, ...objects, balances, bounties, feed, contradictions };
  }

  #writable<K, T extends object>(entries: Map<K, T>, key: K, copyOf: (entry: T) => T): T | undefined {
    const entry = entries.get(key);
    if (entry === undefined || this.#own.has(entry)) return entry;
    const copy = copyOf(entry);
    this.#own.add(copy);
    entries.set(key, copy);
    return copy;
  }
}

/** Adds `amount` to what `sums` has of `key`. */
export function add<K>(sums: Map<K, bigint>, key: K, amount: bigint): void {
  sums.set(key, (sums.get(key) ?? 0n) + amount);
}
