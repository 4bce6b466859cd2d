import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, it } from "node:test";
import { ABIS } from "../protocol/generated/abi.ts";
import { allCodes, CATALOGUE, explain } from "./errorCatalogue.ts";
import { EXIT, EXIT_MEANING } from "./exitClass.ts";

const SOURCES = globSync("**/*.ts", { cwd: dirname(import.meta.dirname) }).filter(
  (file) => !/\.(test|fixture)\.ts$|testing\//.test(file),
);

describe("the error catalogue", () => {
  it("has a row for every code in the sources", () => {
    const found = new Set<string>();
    for (const file of SOURCES) {
      const text = readFileSync(`${dirname(import.meta.dirname)}/${file}`, "utf8");
      for (const [, code] of text.matchAll(/code: "([A-Z][A-Z0-9]*_[A-Z0-9_]+)"/g)) found.add(code!);
    }
    assert.ok(found.size > 80, `only ${found.size} codes were found: the search is broken`);
    const missing = [...found].filter((code) => explain(code) === undefined && code !== "CLI_BUG");
    assert.deepEqual(missing, []);
  });

  it("has a row for every error of the contracts", () => {
    const names = Object.values(ABIS).flatMap((abi) =>
      abi.flatMap((part) => (part.type === "error" ? [part.name] : [])),
    );
    assert.ok(names.length > 60, "the ABI holds errors");
    assert.deepEqual(
      [...new Set(names)].filter((name) => explain(name) === undefined),
      [],
    );
  });

  /** Where the program itself is wrong: its exit code says so. */
  const OWN_MISTAKES: readonly string[] = ["CHAIN_SENDER_FAILED"];

  it("says in every row what happened, what to do, and an exit code that is not 0, or 1 for a mistake of our own", () => {
    for (const code of allCodes()) {
      const row = explain(code);
      assert.ok(row !== undefined && row.what.length > 10, `${code} says what happened`);
      assert.ok(row.next.length > 0 && row.next.every((step) => step.length > 5), `${code} says what to do`);
      const isBug = row.exit === "bug";
      assert.equal(isBug, OWN_MISTAKES.includes(code), `${code}: is it a mistake of our own?`);
      assert.ok(isBug || EXIT[row.exit] > 1, `${code} fails`);
    }
  });

  it("lists every code once", () => {
    const codes = Object.values(CATALOGUE).flatMap((rows) => Object.keys(rows));
    assert.equal(new Set(codes).size, codes.length);
  });

  it("explains every exit class", () => {
    assert.deepEqual(Object.keys(EXIT_MEANING), Object.keys(EXIT));
  });
});
