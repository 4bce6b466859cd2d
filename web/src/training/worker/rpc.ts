/**
 * Questions and answers between a page and its worker, with progress in between and a way to call one off.
 *
 * Knows nothing of what is asked. Errors travel as code, message and detail; whoever asked gets a {@link RemoteError}.
 */
import { type ErrorDetail, isTagged, TaggedError } from "@cairn/trainer/protocol/errors";

/** What one side can be asked, by name. */
export type Calls = { readonly [name: string]: (input: never) => unknown };

export type InputOf<C extends Calls, N extends keyof C> = Parameters<C[N]>[0];
export type OutputOf<C extends Calls, N extends keyof C> = Awaited<ReturnType<C[N]>>;

export interface CallContext {
  /** Fires when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  readonly progress: (value: unknown) => void;
}

export type Handlers<C extends Calls> = {
  readonly [N in keyof C]: (input: InputOf<C, N>, context: CallContext) => Promise<OutputOf<C, N>>;
};

/** A worker's own scope, a `Worker`, or one end of a `MessageChannel`. */
export interface MessagePortLike {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  start?(): void;
}

export interface RemoteDetail extends ErrorDetail {
  readonly [field: string]: unknown;
}

/** An error that happened on the other side. */
export class RemoteError extends TaggedError<RemoteDetail> {}

type Question =
  | { readonly id: number; readonly name: string; readonly input: unknown }
  | { readonly id: number; readonly abort: true };

type Answer =
  | { readonly id: number; readonly progress: unknown }
  | { readonly id: number; readonly output: unknown }
  | { readonly id: number; readonly failure: { readonly detail: RemoteDetail; readonly message: string } };

/** Answers what is asked through `port`, each question by itself. */
export function serve<C extends Calls>(port: MessagePortLike, handlers: Handlers<C>): void {
  const running = new Map<number, AbortController>();
  port.addEventListener("message", ({ data }: MessageEvent<Question>) => {
    if ("abort" in data) {
      running.get(data.id)?.abort();
      return;
    }
    const { id, name, input } = data;
    const controller = new AbortController();
    running.set(id, controller);
    const progress = (value: unknown): void => port.postMessage({ id, progress: value }, []);
    void answer(handlers, { name, input }, { signal: controller.signal, progress }).then((result) => {
      running.delete(id);
      port.postMessage({ id, ...result }, []);
    });
  });
  port.start?.();
}

async function answer<C extends Calls>(
  handlers: Handlers<C>,
  { name, input }: { readonly name: string; readonly input: unknown },
  context: CallContext,
) {
  try {
    const handler = handlers[name as keyof C];
    if (handler === undefined) throw new TypeError(`nothing is called ${name}`);
    return { output: await handler(input as never, context) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (context.signal.aborted) return { failure: { detail: { code: "TRAIN_ABORTED" }, message } };
    const detail = isTagged(error) ? error.detail : { code: "TRAIN_ENGINE_FAILED", problem: message };
    return { failure: { detail: plain(detail), message } };
  }
}

/** What can be posted: a detail may hold anything, such as a bigint; other values become text. */
function plain(detail: ErrorDetail): RemoteDetail {
  const isPlain = (value: unknown): boolean => ["string", "number", "bigint", "boolean"].includes(typeof value);
  const fields = Object.entries(detail).map(([key, value]) => [key, isPlain(value) ? value : String(value)]);
  return Object.fromEntries(fields) as RemoteDetail;
}

export interface CallOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (value: never) => void;
}

export interface Client<C extends Calls> {
  /**
   * @throws {RemoteError} what the other side throws; `TRAIN_ABORTED` once the signal fires, whatever the other side does |
   *   `TRAIN_ENGINE_LOST` when it is gone
   */
  call<N extends keyof C & string>(name: N, input: InputOf<C, N>, options: CallOptions): Promise<OutputOf<C, N>>;
  /** Fails whatever waits, and all that is asked from now on. */
  fail(problem: string): void;
}

interface Waiting {
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly progress: ((value: never) => void) | undefined;
}

export function createClient<C extends Calls>(port: MessagePortLike): Client<C> {
  const waiting = new Map<number, Waiting>();
  let lost: RemoteError | undefined;
  let lastId = 0;

  port.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
    const call = waiting.get(data.id);
    if (call === undefined) return; // called off
    if ("progress" in data) {
      call.progress?.(data.progress as never);
      return;
    }
    waiting.delete(data.id);
    if ("output" in data) call.resolve(data.output);
    else call.reject(new RemoteError(data.failure.detail, data.failure.message));
  });
  port.start?.();

  async function call(name: string, input: unknown, { signal, onProgress }: CallOptions): Promise<unknown> {
    if (lost !== undefined) throw lost;
    if (signal.aborted) throw aborted(name);
    const id = ++lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    waiting.set(id, { resolve, reject, progress: onProgress });
    const onAbort = (): void => {
      waiting.delete(id);
      port.postMessage({ id, abort: true }, []);
      reject(aborted(name));
    };
    signal.addEventListener("abort", onAbort, { once: true });
    port.postMessage({ id, name, input }, []);
    try {
      return await promise;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  return {
    call: call as Client<C>["call"],
    fail(problem) {
      lost ??= new RemoteError({ code: "TRAIN_ENGINE_LOST", problem }, `the engine's worker ended: ${problem}`);
      for (const { reject } of waiting.values()) reject(lost);
      waiting.clear();
    },
  };
}

function aborted(name: string): RemoteError {
  return new RemoteError({ code: "TRAIN_ABORTED", doing: name }, `${name} was stopped`);
}
