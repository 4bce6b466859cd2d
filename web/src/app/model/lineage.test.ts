import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ModelVersion } from "../../index/types.ts";
import { placeVersions } from "./lineage.ts";

function version(number: number, parentVersion: number): ModelVersion {
  const ref = { blockNumber: 1n, logIndex: 0, transactionHash: "0x" } as const;
  const weights = { digest: "0x", byteLength: 1 } as const;
  const rest = { modelId: 1n, publisher: "0x", taskId: 1n, round: number, provenanceDigest: "0x" } as const;
  return { ...rest, version: number, parentVersion, weights, published: ref };
}

describe("placeVersions", () => {
  it("keeps a line of descent in one lane, and gives each branch one of its own", () => {
    const placed = placeVersions([
      version(0, 0),
      version(1, 0),
      version(2, 1),
      version(3, 1),
      version(4, 3),
      version(5, 2),
    ]);
    assert.deepEqual(
      placed.map(({ lane }) => lane),
      [0, 0, 0, 1, 1, 0],
    );
    assert.deepEqual(
      placed.map(({ column }) => column),
      [0, 1, 2, 3, 4, 5],
    );
  });

  it("gives a version whose parent is not shown a lane of its own", () => {
    assert.deepEqual(
      placeVersions([version(7, 6), version(8, 7)]).map(({ lane }) => lane),
      [1, 1],
    );
  });
});
