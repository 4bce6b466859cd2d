/**
 * Makes geth's blocks through the Engine API, as a consensus client does: one at a time, with the time that is wanted.
 *
 * @see https://github.com/ethereum/execution-apis/tree/main/src/engine, Cancun
 */
import { createHmac } from "node:crypto";

export interface BlockMaker {
  /**
   * Makes a block on top of the last one.
   *
   * @param timestamp unit: seconds; later than the last block's.
   * @param includes a transaction that must be in it; absent for a block that may be empty.
   */
  make(timestamp: number, includes?: string): Promise<void>;
  /** Of the last block. Unit: seconds. */
  readonly timestamp: number;
}

interface Payload {
  readonly blockHash: string;
  readonly transactions: readonly string[];
}

const ZERO_HASH = `0x${"00".repeat(32)}`;
/** geth fills a block in the background; it takes it a few milliseconds. Doubles until the transaction is in. Unit: ms. */
const FIRST_WAIT_MS = 4;
const MOST_WAIT_MS = 8_000;
const ANSWER_LIMIT_MS = 20_000;

/**
 * @param url of geth's authenticated port.
 * @param secret 32 bytes, as geth has them.
 * @param head the genesis block.
 * @param hashOf gives a raw transaction's hash.
 */
export function openBlockMaker(
  url: string,
  secret: Uint8Array,
  head: { readonly hash: string; readonly timestamp: number },
  hashOf: (raw: string) => string,
): BlockMaker {
  let { hash, timestamp } = head;
  let number = 0;
  const call = <T>(method: string, ...params: readonly unknown[]): Promise<T> => ask<T>(url, secret, method, params);

  const build = async (at: number, waitMs: number): Promise<{ payload: Payload; root: string }> => {
    // Attributes name the payload, so that a second try is a build of its own.
    const root = `0x${(++number).toString(16).padStart(64, "0")}`;
    const attributes = {
      timestamp: `0x${at.toString(16)}`,
      prevRandao: `0x${createHmac("sha256", "prevRandao").update(root).digest("hex")}`,
      suggestedFeeRecipient: `0x${"00".repeat(20)}`,
      withdrawals: [],
      parentBeaconBlockRoot: root,
    };
    const state = { headBlockHash: hash, safeBlockHash: ZERO_HASH, finalizedBlockHash: ZERO_HASH };
    const { payloadId } = await call<{ payloadId: string }>("engine_forkchoiceUpdatedV3", state, attributes);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    const { executionPayload } = await call<{ executionPayload: Payload }>("engine_getPayloadV3", payloadId);
    return { payload: executionPayload, root };
  };

  return {
    get timestamp() {
      return timestamp;
    },
    async make(at, includes) {
      for (let waitMs = includes === undefined ? 0 : FIRST_WAIT_MS; waitMs <= MOST_WAIT_MS; waitMs *= 2) {
        const { payload, root } = await build(at, waitMs);
        if (includes !== undefined && !payload.transactions.some((raw) => hashOf(raw) === includes)) continue;
        const { status } = await call<{ status: string }>("engine_newPayloadV3", payload, [], root);
        if (status !== "VALID") throw new Error(`geth calls its own block ${status}`);
        const state = { headBlockHash: payload.blockHash, safeBlockHash: ZERO_HASH, finalizedBlockHash: ZERO_HASH };
        await call("engine_forkchoiceUpdatedV3", state, null);
        [hash, timestamp] = [payload.blockHash, at];
        return;
      }
      throw new Error(`geth leaves the transaction ${includes} out of its blocks`);
    },
  };
}

async function ask<T>(url: string, secret: Uint8Array, method: string, params: readonly unknown[]): Promise<T> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${token(secret)}` };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const response = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
  const answer = (await response.json()) as { result?: T; error?: { message: string } };
  if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message}`);
  return answer.result as T;
}

/** A JSON Web Token of this second, HS256. */
function token(secret: Uint8Array): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${encode({ alg: "HS256", typ: "JWT" })}.${encode({ iat: Math.floor(Date.now() / 1000) })}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}
