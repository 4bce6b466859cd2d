/** Every pair of colours that text or lines are set in, in both themes, against WCAG 2.2 (1.4.3 and 1.4.11). */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";

const css = readFileSync(new URL("../app/globals.css", import.meta.url), "utf8");

const TOKENS = new Map(
  [...css.matchAll(/--color-([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)/g)].map(
    ([, name = "", light = "", dark = ""]) => [name, { light, dark }],
  ),
);

const GROUNDS = ["page", "surface", "sunken"];
const STATES = ["success", "warning", "danger", "info", "accent"];

/** Least ratio, then what is set on what. */
const PAIRS: readonly (readonly [number, string, string])[] = [
  ...GROUNDS.flatMap((ground) => ["ink", "muted"].map((text) => [4.5, text, ground] as const)),
  ...STATES.flatMap((state) => ["page", "surface", `${state}-soft`].map((ground) => [4.5, state, ground] as const)),
  ...STATES.map((state) => [4.5, "ink", `${state}-soft`] as const),
  [4.5, "on-accent", "accent"],
  ...["page", "surface"].map((ground) => [3, "strong", ground] as const),
  ...[1, 2, 3, 4, 5].map((n) => [3, `series-${n}`, "surface"] as const),
];

describe("colours", () => {
  for (const theme of ["light", "dark"] as const) {
    it(`can be read in the ${theme} theme`, () => {
      for (const [least, text, ground] of PAIRS) {
        const ratio = contrast(colour(text, theme), colour(ground, theme));
        assert.ok(ratio >= least, `${text} on ${ground}: ${ratio.toFixed(2)}, at least ${least}`);
      }
    });
  }
});

function colour(name: string, theme: "light" | "dark"): string {
  const token = TOKENS.get(name);
  assert.ok(token, `globals.css has no --color-${name}`);
  return token[theme];
}

/** @see https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(a: string, b: string): number {
  const [lighter, darker] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
