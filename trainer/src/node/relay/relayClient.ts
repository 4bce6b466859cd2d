/** How a trainer talks to a relay, which may be anybody: every answer is bounded, and believed no further than it checks. */
import { isTagged } from "../../protocol/errors.ts";
import { RelayError } from "./relayError.ts";
import {
  type EntryAnswer,
  type EntryKey,
  encodeHandIn,
  entryPath,
  HAND_IN_PATH,
  type HandIn,
  MAX_ANSWER_BYTES,
  parseEntryAnswer,
  parseReceipt,
  parseRefusal,
  type Receipt,
} from "./relayProtocol.ts";

/** Failures are {@link RelayError}: `RELAY_UNREACHABLE` | `RELAY_REFUSED` | `RELAY_ANSWER_MALFORMED`. */
export interface RelayClient {
  readonly url: string;
  handIn(entry: HandIn, signal: AbortSignal): Promise<Receipt>;
  /** What has become of an entry. */
  answer(key: EntryKey, signal: AbortSignal): Promise<EntryAnswer>;
}

/** Unit: milliseconds. */
const TIMEOUT_MS = 5_000;

/** @param url `http:` or `https:`; a path in it is kept in front of the relay's own. */
export function openRelayClient(url: string): RelayClient {
  const base = url.replace(/\/+$/, "");
  const ask = async (path: string, init: RequestInit, signal: AbortSignal): Promise<string> => {
    const { status, text } = await fetchText(`${base}${path}`, init, { url, signal });
    if (status === 200) return text;
    const refusal = parseRefusal(text);
    if (refusal === undefined) {
      throw new RelayError(
        { code: "RELAY_ANSWER_MALFORMED", url },
        `${url} answers with status ${status}, as no relay does`,
      );
    }
    const { code: reason, message } = refusal;
    throw new RelayError({ code: "RELAY_REFUSED", url, reason }, `${url} refused: ${reason}: ${printable(message)}`);
  };
  return {
    url,
    async handIn(entry, signal) {
      const headers = { "Content-Type": "application/json" };
      return parseReceipt(await ask(HAND_IN_PATH, { method: "POST", headers, body: encodeHandIn(entry) }, signal), url);
    },
    async answer(key, signal) {
      return parseEntryAnswer(await ask(entryPath(key), {}, signal), url);
    },
  };
}

interface Bound {
  readonly url: string;
  readonly signal: AbortSignal;
}

async function fetchText(target: string, init: RequestInit, { url, signal }: Bound) {
  try {
    const bound = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await fetch(target, { ...init, redirect: "error", signal: bound });
    return { status: response.status, text: await readText(response, url) };
  } catch (cause) {
    if (isTagged(cause)) throw cause;
    throw new RelayError({ code: "RELAY_UNREACHABLE", url }, `the relay at ${url} does not answer`, { cause });
  }
}

async function readText(response: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) {
      const detail = { code: "RELAY_ANSWER_MALFORMED", url } as const;
      throw new RelayError(detail, `${url} answers with more than ${MAX_ANSWER_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** A stranger's words in our log: without control characters that would move a terminal's cursor. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?");
}
