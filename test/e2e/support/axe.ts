/** What axe finds wrong with a page as it stands, and whether the page fits a narrow screen. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** WCAG 2.2 AA and what axe holds to be good practice; plus the rule on names that differ from what is shown. */
const RULES = {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  rules: { "label-content-name-mismatch": { enabled: true } },
};

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** @returns a line a violation: rule, element, what is wrong; nothing when all is well. */
export async function violations(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(SOURCE);
  const found = await page.evaluate(async (options) => {
    const { axe } = globalThis as unknown as {
      axe: { run(where: Document, options: unknown): Promise<{ violations: Violation[] }> };
    };
    const result = await axe.run(document, { ...options, resultTypes: ["violations"] });
    return result.violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })),
    }));
  }, RULES);
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)}: ${failureSummary?.replace(/\s+/g, " ")}`),
  );
}

/** @returns by how much the page is wider than its window, and what sticks out. Unit: CSS pixels. */
export function overflow(page: Page): Promise<{ readonly px: number; readonly of: string }> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const px = scrollWidth - clientWidth;
    if (px <= 0) return { px: 0, of: "" };
    const wide = [...document.querySelectorAll("main *, header *, footer *")].filter(
      (element) => element.getBoundingClientRect().right > clientWidth + 1,
    );
    return { px, of: wide.at(-1)?.outerHTML.slice(0, 200) ?? "" };
  });
}
