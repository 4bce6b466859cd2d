import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { lastRoundVersion } from "./cohorts.ts";
import type { Chain } from "./connection.ts";

/** Versions of a branch: of a round of task 7, merged in epoch 1, merged again in epoch 2 while a round went on. */
const VERSIONS = [
  { taskId: 0n, round: 0, parentVersion: 0n },
  { taskId: 7n, round: 1, parentVersion: 0n },
  { taskId: 0n, round: 1, parentVersion: 1n },
  { taskId: 0n, round: 2, parentVersion: 2n },
];

const read = (async (_contract: string, _name: string, [, version]: readonly [bigint, bigint]) =>
  VERSIONS[Number(version)]) as unknown as Chain["read"];

describe("lastRoundVersion", () => {
  for (const [version, made] of [
    [0n, 0n],
    [1n, 1n],
    [2n, 1n],
    [3n, 1n],
  ] as const) {
    it(`finds version ${made} below version ${version}`, async () => {
      const found = await lastRoundVersion(
        { read },
        { modelId: 3n, version },
        { signal: new AbortController().signal },
      );
      assert.equal(found.version, made);
    });
  }
});
