/**
 * The folded state against the contracts' own views: a handful of questions, other ones each time. Pure.
 *
 * An RPC that leaves out a log, or a rule of ours that is wrong, shows here. One that lies in both ways alike does not:
 * a visitor who needs to know that runs a node.
 */
import type { ChainState, EventSource } from "./types.ts";

export interface Question {
  /** What is asked about, for people: `task 3`. */
  readonly what: string;
  readonly contract: EventSource;
  readonly functionName: string;
  readonly args: readonly unknown[];
  /** What the events say, by the names of the view's fields; `""` names the whole answer. */
  readonly expected: Readonly<Record<string, bigint | number | boolean | string>>;
}

export interface Mismatch {
  readonly what: string;
  readonly events: string;
  readonly view: string;
}

/** @param random in [0, 1). @returns up to `count` questions about things of different kinds. */
export function questionsAbout(state: ChainState, count: number, random: () => number): Question[] {
  const makers = [askTask, askRound, askNode, askModel, askBalance, askCounts].sort(() => random() - 0.5);
  const asked: Question[] = [];
  for (const make of makers) {
    const question = asked.length < count ? make(state, random) : undefined;
    if (question !== undefined) asked.push(question);
  }
  return asked;
}

/** @returns the fields that differ, as one mismatch; `undefined` when there is none. */
export function compareAnswer({ what, expected }: Question, answer: unknown): Mismatch | undefined {
  const fields = Object.entries(expected).map(([field, events]) => {
    const view = field === "" ? answer : (answer as Readonly<Record<string, unknown>> | undefined)?.[field];
    return { field, events: String(events).toLowerCase(), view: String(view).toLowerCase() };
  });
  const wrong = fields.filter(({ events, view }) => events !== view);
  if (wrong.length === 0) return undefined;
  const say = (side: "events" | "view") => wrong.map((it) => `${it.field} ${it[side]}`.trim()).join(", ");
  return { what, events: say("events"), view: say("view") };
}

type Maker = (state: ChainState, random: () => number) => Question | undefined;

const askTask: Maker = ({ tasks }, random) => {
  const task = oneOf([...tasks.values()], random);
  if (task === undefined) return undefined;
  const expected = {
    owner: task.owner,
    enrolled: task.trainers.size,
    round: task.rounds.length,
    escrowWei: task.escrowWei,
    closed: task.closed !== undefined,
  };
  return { what: `task ${task.id}`, contract: "flContract", functionName: "taskOf", args: [task.id], expected };
};

const askRound: Maker = ({ tasks }, random) => {
  const round = oneOf(
    [...tasks.values()].flatMap(({ rounds }) => rounds.slice(-3)),
    random,
  );
  if (round === undefined) return undefined;
  const expected = {
    deadline: round.deadline,
    expected: round.expected,
    committed: round.participants.length,
    revealed: round.participants.filter(({ revealed }) => revealed !== undefined).length,
    verdictsRevealed: round.committee.filter(({ verdict }) => verdict !== undefined).length,
    acceptedBitmap: round.acceptedBitmap ?? 0n,
    publishedVersion: round.publishedVersion,
  };
  const what = `round ${round.number} of task ${round.taskId}`;
  return { what, contract: "flContract", functionName: "roundOf", args: [round.taskId, round.number], expected };
};

const askNode: Maker = ({ nodes }, random) => {
  const node = oneOf([...nodes.values()], random);
  if (node === undefined) return undefined;
  const { address, stakeWei, unbondingWei, lockedWei, reputationNano } = node;
  const expected = { registered: true, stakeWei, unbondingWei, lockedWei, reputationNano };
  return { what: `node ${address}`, contract: "nodeRegistry", functionName: "nodeOf", args: [address], expected };
};

const askModel: Maker = ({ models }, random) => {
  const model = oneOf([...models.values()], random);
  if (model === undefined) return undefined;
  const expected = { owner: model.owner, name: model.name, latestVersion: model.versions.length - 1 };
  return { what: `model ${model.id}`, contract: "modelRegistry", functionName: "modelOf", args: [model.id], expected };
};

const askBalance: Maker = ({ balances }, random) => {
  const [holder, wei] = oneOf([...balances], random) ?? [];
  if (holder === undefined || wei === undefined) return undefined;
  return {
    what: `balance of ${holder}`,
    contract: "cairnToken",
    functionName: "balanceOf",
    args: [holder],
    expected: { "": wei },
  };
};

const askCounts: Maker = ({ tasks }) => {
  return {
    what: "number of tasks",
    contract: "flContract",
    functionName: "taskCount",
    args: [],
    expected: { "": tasks.size },
  };
};

function oneOf<T>(items: readonly T[], random: () => number): T | undefined {
  return items[Math.floor(random() * items.length)];
}
