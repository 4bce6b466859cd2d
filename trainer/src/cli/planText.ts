/** Parts of a plan in a few words. Pure. */
import type { Json } from "../protocol/canonicalJson.ts";

/** `centeredClipping (iterations 3, …)`: the rule with everything that it depends on. */
export function ruleText(rule: Json): string {
  const { kind, ...rest } = rule as { readonly [field: string]: Json };
  return withParts(`${kind}`, rest);
}

/** `ternary (k 2688, errorFeedback false)`. */
export function compressionText(compression: Json): string {
  const { codec, ...rest } = compression as { readonly [field: string]: Json };
  return withParts(`${codec}`, rest);
}

function withParts(name: string, rest: { readonly [field: string]: Json }): string {
  const parts = Object.entries(rest).map(
    ([part, value]) => `${part} ${typeof value === "number" ? +value.toPrecision(6) : value}`,
  );
  return parts.length === 0 ? name : `${name} (${parts.join(", ")})`;
}
