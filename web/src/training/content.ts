/**
 * Hands an update over to those who will serve it: a node that takes content by HTTP and is known to the auditors.
 *
 * A tab cannot be dialled, and may be closed before an auditor asks. The node is not trusted: the reference was computed
 * here, and one that it answers differently is refused.
 */
import type { ContentRef } from "@cairn/trainer/protocol/contentRef";
import { TrainError } from "./trainError.ts";

export interface Publishing {
  /** Where to. Absent: this site has no such node. */
  readonly upload: string | undefined;
  /** What the bytes are, computed here. */
  readonly ref: ContentRef;
  readonly signal: AbortSignal;
  /** @default the platform's */
  readonly fetch?: typeof fetch;
}

/** An update of 64 MiB over 10 Mbit/s takes 54 s. Unit: milliseconds. */
const DEADLINE_MS = 90_000;

/** Longest answer that is read. Unit: bytes. Ours has some 200. */
const MAX_ANSWER_BYTES = 4_096;

/** @throws {TrainError} `TRAIN_NO_UPLOAD` | `TRAIN_UPLOAD_FAILED` | `TRAIN_UPLOAD_WRONG`; the signal's reason */
export async function publish(
  bytes: Uint8Array,
  { upload, ref, signal, fetch: post = fetch }: Publishing,
): Promise<void> {
  if (upload === undefined)
    throw new TrainError({ code: "TRAIN_NO_UPLOAD" }, "this site has no node that takes updates");
  const bound = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
  let status: number | undefined;
  let text: string;
  try {
    const answer = await post(upload, {
      method: "POST",
      body: bytes as Uint8Array<ArrayBuffer>,
      headers: { "content-type": "application/octet-stream" },
      credentials: "omit",
      redirect: "error",
      signal: bound,
    });
    status = answer.status;
    text = (await answer.text()).slice(0, MAX_ANSWER_BYTES);
    if (!answer.ok) throw new Error(text.slice(0, 200));
  } catch (cause) {
    signal.throwIfAborted();
    const what = status === undefined ? "it does not answer" : `HTTP ${status}`;
    throw new TrainError({ code: "TRAIN_UPLOAD_FAILED", status }, `the node took no update: ${what}`, { cause });
  }
  const actual = digestIn(text);
  if (actual === ref.digest) return;
  throw new TrainError(
    { code: "TRAIN_UPLOAD_WRONG", actual, expected: ref.digest },
    `the node says it keeps ${actual}, the update is ${ref.digest}`,
  );
}

function digestIn(text: string): string {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer === "object" && answer !== null && "digest" in answer) return String(answer.digest).slice(0, 66);
  } catch {
    // falls through: no JSON is as bad as no digest
  }
  return "nothing";
}
