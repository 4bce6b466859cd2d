/** How much one remote address may ask for: a bucket of tokens that fills up again. Pure but for what it remembers. */

export interface RateLimitOptions {
  /** Tokens in a full bucket. */
  readonly capacity: number;
  readonly perSecond: number;
  /** Addresses remembered; beyond it the one that asked longest ago is forgotten. */
  readonly maxRemotes: number;
}

export interface RateLimit {
  /** @returns 0 when `remote` may go on; else how long it has to wait. Unit: seconds. */
  take(remote: string, tokens: number, nowMs: number): number;
}

export function createRateLimit({ capacity, perSecond, maxRemotes }: RateLimitOptions): RateLimit {
  const buckets = new Map<string, { tokens: number; atMs: number }>(); // in the order of their last use
  return {
    take(remote, tokens, nowMs) {
      const key = networkOf(remote);
      const before = buckets.get(key) ?? { tokens: capacity, atMs: nowMs };
      const refilled = before.tokens + (Math.max(0, nowMs - before.atMs) / 1_000) * perSecond;
      const bucket = { tokens: Math.min(capacity, refilled), atMs: nowMs };
      const missing = tokens - bucket.tokens;
      if (missing <= 0) bucket.tokens -= tokens;
      buckets.delete(key);
      buckets.set(key, bucket);
      if (buckets.size > maxRemotes) buckets.delete(buckets.keys().next().value!);
      return missing <= 0 ? 0 : missing / perSecond;
    },
  };
}

/** @returns what counts as one asker: an address, or the 2^64 addresses of IPv6 that a household has. */
export function networkOf(remote: string): string {
  const address = remote.startsWith("::ffff:") ? remote.slice(7) : remote;
  return address.includes(":") ? expandIpv6(address).slice(0, 4).join(":") : address;
}

function expandIpv6(address: string): string[] {
  const [head = "", tail = ""] = address.split("%", 1)[0]!.split("::");
  const [left, right] = [head.split(":").filter(Boolean), tail.split(":").filter(Boolean)];
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => "0");
  return [...left, ...zeros, ...right];
}
