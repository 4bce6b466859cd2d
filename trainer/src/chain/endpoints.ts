/**
 * The RPCs of a connection, as one transport. One alone is asked as it is.
 *
 * Of several, the first that works answers what is read of the state; one that fails is left alone for a while. What moves
 * money is asked of all: the head, blocks and events must be told alike by more than half of those who answer. Whoever
 * tells something else, or is far behind, is set aside. A transaction goes to all of them.
 *
 * Longer than 250 lines: who is asked, who answered and who is set aside is one state.
 */
import { http, type RpcLog, type Transport } from "viem";
import { ChainError, rpcHost } from "./chainError.ts";
import { pause } from "./deadline.ts";
import type { ChainNotice } from "./notice.ts";
import { isRpcFailure } from "./rpcFailure.ts";
import { agreedHeight, backOffMs, majority, type Vote } from "./votes.ts";

export interface Endpoint {
  /** Without the user, path or query in which providers put their keys. */
  readonly host: string;
  /** Whether it is asked first. */
  readonly isUsed: boolean;
  /** Why it is left alone now. */
  readonly setAside: string | undefined;
  readonly failures: number;
}

export interface Endpoints {
  readonly transport: Transport;
  all(): readonly Endpoint[];
  /** The one that is asked first. */
  current(): string;
  /** @returns whether more than half say that this block is the chain's; where one is alone, it is believed. */
  isAgreed(block: { readonly number: bigint; readonly hash: string }): Promise<boolean>;
}

export interface EndpointsOptions {
  readonly urls: readonly string[];
  /** Of one call. Unit: milliseconds. */
  readonly timeoutMs: number;
  readonly onNotice: (notice: ChainNotice) => void;
  readonly random?: () => number;
}

/** Whoever is further behind is not asked. Unit: blocks. */
const MOST_BEHIND = 5n;

/** A vote does not wait longer for anybody. Unit: milliseconds. */
const VOTE_MS = 5_000;

/** All are tried once more, after a moment. Unit: milliseconds. */
const AGAIN_MS = 200;

/** A liar is left alone as long as somebody who failed so many times. */
const LIE_FAILURES = 7;

type Request = (call: { readonly method: string; readonly params?: unknown }) => Promise<unknown>;

interface State {
  readonly index: number;
  readonly url: string;
  failures: number;
  inARow: number;
  asideUntilMs: number;
  why: string | undefined;
  request: Request;
}

export function createEndpoints(options: EndpointsOptions): Endpoints {
  const { urls, timeoutMs, onNotice, random = Math.random } = options;
  const isAlone = urls.length === 1;
  const states: State[] = urls.map((url, index) => {
    const unopened: Request = () => Promise.reject(new TypeError("the transport is not open yet"));
    return { index, url, failures: 0, inARow: 0, asideUntilMs: 0, why: undefined, request: unopened };
  });

  const isAside = ({ asideUntilMs }: State): boolean => performance.now() < asideUntilMs;
  /** Those that work, in the given order; where none does, whoever is to be asked again first. */
  const usable = (): State[] => {
    const well = states.filter((state) => !isAside(state));
    return well.length > 0 ? well : [...states].sort((a, b) => a.asideUntilMs - b.asideUntilMs).slice(0, 1);
  };

  function setAside(state: State, why: string, inARow = 1): void {
    state.inARow += inARow;
    if (!isAlone) state.asideUntilMs = performance.now() + backOffMs(state.inARow, random());
    if (state.why === why || isAlone) return;
    state.why = why;
    const message = `the RPC at ${rpcHost(state.url)} ${why}: the others are asked for a while`;
    onNotice({ code: "CHAIN_RPC_SET_ASIDE", message });
  }

  async function ask(state: State, method: string, params: unknown): Promise<unknown> {
    try {
      const result = await state.request({ method, params });
      if (!isAside(state) && state.inARow < LIE_FAILURES) Object.assign(state, { inARow: 0, why: undefined });
      return result;
    } catch (error) {
      if (isRpcFailure(error)) {
        state.failures++;
        setAside(state, "does not answer");
      }
      throw error;
    }
  }

  async function first(method: string, params: unknown): Promise<unknown> {
    let failure: unknown;
    for (let pass = 0; pass < 2; pass++) {
      for (const state of usable()) {
        try {
          return await ask(state, method, params);
        } catch (error) {
          if (!isRpcFailure(error)) throw error;
          failure = error;
        }
      }
      if (pass === 0) await pause(AGAIN_MS * (1 + random()), NEVER);
    }
    throw failure;
  }

  /** Offers it to all: who takes it first tells. */
  async function offer(method: string, params: unknown): Promise<unknown> {
    const answers = usable().map((state) => ask(state, method, params));
    try {
      return await Promise.any(answers);
    } catch (error) {
      throw (error as AggregateError).errors[0];
    }
  }

  async function poll(method: string, params: unknown): Promise<{ state: State; result: unknown }[]> {
    let failure: unknown = new ChainError({ code: "CHAIN_RPC_DISAGREE", doing: method }, `${method}: nobody answers`);
    const counted = new AbortController();
    const answers = await Promise.all(
      usable().map(async (state) => {
        const asked = ask(state, method, params).then(
          (result) => ({ state, result }),
          (error: unknown) => {
            failure = error;
            return undefined;
          },
        );
        if (isAlone) return asked;
        const late = pause(VOTE_MS, counted.signal).then(() => "late" as const);
        const answer = await Promise.race([asked, late]);
        if (answer !== "late") return answer;
        setAside(state, "does not answer");
        return undefined;
      }),
    );
    counted.abort();
    const given = answers.filter((answer) => answer !== undefined);
    if (given.length === 0) throw failure;
    return given;
  }

  /** @throws {ChainError} `CHAIN_RPC_DISAGREE` when no answer is that of more than half */
  async function agreed(method: string, params: unknown, keyOf: (result: unknown) => string): Promise<unknown> {
    const answers = await poll(method, params);
    const votes: Vote<unknown>[] = answers
      .filter(({ result }) => result !== null) // who has not heard of it yet has no say
      .map(({ state, result }) => ({ voter: state.index, key: keyOf(result), value: result }));
    if (votes.length === 0) return null;
    const verdict = majority(votes, votes.length);
    if (verdict === undefined) {
      disagree(method, "the RPCs tell different things");
    }
    for (const { voter } of votes) {
      if (!verdict.dissenters.includes(voter)) Object.assign(states[voter]!, { inARow: 0, why: undefined });
    }
    for (const index of verdict.dissenters) setAside(states[index]!, "tells what the others do not", LIE_FAILURES);
    return verdict.value;
  }

  /** The highest block that more than half have; `latest` and `finalized` of one RPC are its own matter. `null` where nobody knows of one. */
  async function height(tag: string): Promise<string | null> {
    const isHead = tag === "latest";
    const answers = isHead ? await poll("eth_blockNumber", []) : await poll("eth_getBlockByNumber", [tag, false]);
    const heights = answers.flatMap(({ state, result }) => {
      const number = isHead ? result : (result as { readonly number?: unknown } | null)?.number;
      return typeof number === "string" ? [{ state, height: BigInt(number) }] : [];
    });
    const common = agreedHeight(heights.map((one) => one.height));
    if (common === undefined) return null;
    for (const one of heights) {
      if (isHead && one.height + MOST_BEHIND < common) setAside(one.state, "is behind");
    }
    return `0x${common.toString(16)}`;
  }

  async function route(method: string, params: unknown): Promise<unknown> {
    const [place, ...rest] = (params ?? []) as readonly unknown[];
    switch (method) {
      case "eth_sendRawTransaction":
        return offer(method, params);
      case "eth_blockNumber":
        return (await height("latest")) ?? disagree(method, "nobody knows the newest block");
      case "eth_getBlockByNumber": {
        const isTag = place === "latest" || place === "finalized" || place === "safe";
        const number = isTag ? await height(place) : place;
        if (number === null) return null;
        return place === "pending" ? first(method, params) : agreed(method, [number, ...rest], blockKey);
      }
      case "eth_getLogs":
        return agreed(method, params, logsKey);
      default:
        return first(method, params);
    }
  }

  const transport: Transport = (given) => {
    const settings = isAlone ? { retryCount: 2, retryDelay: 100 } : { retryCount: 0 };
    for (const state of states) {
      const opened = http(state.url, { timeout: timeoutMs, batch: { wait: 0 }, ...settings })(given);
      state.request = opened.request as Request;
    }
    const config = { key: "cairn", name: "RPCs", type: "cairn", request: undefined as never, ...settings };
    const request: Request = ({ method, params }) =>
      isAlone ? ask(states[0]!, method, params) : route(method, params);
    return { config, request: request as never, value: undefined };
  };

  return {
    transport,
    all: () =>
      states.map((state) => ({
        host: rpcHost(state.url),
        isUsed: state === usable()[0],
        setAside: isAside(state) ? state.why : undefined,
        failures: state.failures,
      })),
    current: () => usable()[0]!.url,
    async isAgreed({ number, hash }) {
      if (isAlone) return true;
      const block = await agreed("eth_getBlockByNumber", [`0x${number.toString(16)}`, false], blockKey);
      return (block as { readonly hash?: unknown } | null)?.hash === hash;
    },
  };
}

function disagree(doing: string, what: string): never {
  throw new ChainError({ code: "CHAIN_RPC_DISAGREE", doing }, `${doing}: ${what}`);
}

/** Every call has a deadline of its own below. */
const NEVER = new AbortController().signal;

function blockKey(block: unknown): string {
  return String((block as { readonly hash?: unknown }).hash);
}

/** Clients add fields of their own: what an event says, and where it stands, is compared. */
function logsKey(logs: unknown): string {
  if (!Array.isArray(logs)) return "no events";
  return JSON.stringify(
    logs.map((log: RpcLog) => [log.blockHash, log.logIndex, log.transactionHash, log.address, log.topics, log.data]),
  ).toLowerCase();
}
