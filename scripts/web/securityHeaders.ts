/** What a browser is told a page may do: only what is on the page itself and the addresses it names. Pure but for hashing. */
import { createHash } from "node:crypto";

/** For every answer. Isolation lets a tab's workers share memory; wallets reach the page through the browser all the same. */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
};

const INLINE_SCRIPT = /<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g;

/**
 * The Content-Security-Policy of one page: its own inline scripts by their hashes, no others.
 *
 * @param html the page; what Next.js wrote into it when it was built.
 * @param connect origins that its scripts may ask besides its own: the chain's RPC, gateways, peers.
 */
export function contentSecurityPolicy(html: string, connect: readonly string[]): string {
  const hashes = [...html.matchAll(INLINE_SCRIPT)].map(
    ([, script = ""]) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`,
  );
  const directives: readonly (readonly [string, readonly string[]])[] = [
    ["default-src", ["'self'"]],
    ["script-src", ["'self'", "'wasm-unsafe-eval'", ...new Set(hashes)]],
    ["worker-src", ["'self'", "blob:"]],
    ["style-src", ["'self'", "'unsafe-inline'"]], // charts and dialogs set sizes on their elements
    ["img-src", ["'self'", "data:", "blob:"]], // wallets announce their icons as data
    ["connect-src", ["'self'", ...connect]],
    ["object-src", ["'none'"]],
    ["base-uri", ["'none'"]],
    ["form-action", ["'none'"]],
    ["frame-ancestors", ["'none'"]],
  ];
  return directives.map(([name, sources]) => `${name} ${sources.join(" ")}`).join("; ");
}
