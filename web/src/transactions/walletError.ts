/** What a wallet's error is, as far as it can be told without the contracts' errors. Pure, and small: every page loads it. */

/** Codes of wallets. Source: EIP-1193 and EIP-1474. */
const REJECTED = 4_001;
const UNKNOWN_METHOD = new Set([4_200, -32_601]);

/** Some wallets only say it in words. */
const REJECTED_WORDS = /user (rejected|denied|cancelled|canceled)|rejected by (the )?user/i;

/** Unit: characters. What a machine says can be a whole page. */
const MAX_MESSAGE = 600;

/** @returns whether the visitor said no in the wallet, which is no error. */
export function isRejection(error: unknown): boolean {
  return codesOf(error).includes(REJECTED) || REJECTED_WORDS.test(messageOf(error));
}

/** @returns whether the wallet does not know the request, so that another way must be taken. */
export function isUnsupported(error: unknown): boolean {
  return codesOf(error).some((code) => UNKNOWN_METHOD.has(code));
}

/** Outermost first. */
export function causesOf(error: unknown): object[] {
  const causes: object[] = [];
  let at: unknown = error;
  while (typeof at === "object" && at !== null && causes.length < 12) {
    causes.push(at);
    at = (at as { readonly cause?: unknown }).cause;
  }
  return causes;
}

export function codesOf(error: unknown): number[] {
  return causesOf(error)
    .map((cause) => (cause as { readonly code?: unknown }).code)
    .filter((code) => typeof code === "number");
}

/** What whoever was asked last said. */
export function messageOf(error: unknown): string {
  const causes = causesOf(error) as readonly { readonly message?: unknown; readonly details?: unknown }[];
  const details = causes.map((cause) => cause.details).find((text) => typeof text === "string" && text !== "");
  return String(details ?? causes.at(-1)?.message ?? error).slice(0, MAX_MESSAGE);
}
