import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { encodeCanonicalJson, type Json } from "../protocol/canonicalJson.ts";
import { leafHash, merkleRoot } from "../protocol/merkle.ts";
import { createDataset, type Dataset, type LabelledImages } from "./dataset.ts";
import {
  decodeManifest,
  encodeManifest,
  MAX_MANIFEST_BYTES,
  parseManifest,
  recordProof,
  verifyManifest,
  verifyRecord,
} from "./manifest.ts";
import { refuses } from "./testing/refusal.ts";

const description = { name: "tiny", source: "a test", licence: "MIT", classNames: ["cross", "ring"] };
const images: LabelledImages = {
  shape: [1, 2, 1],
  pixels: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
  labels: Uint8Array.of(0, 1, 1, 0, 1),
  trainCount: 3,
};

function tiny(change: Partial<LabelledImages> = {}): Dataset {
  return createDataset(description, { ...images, ...change });
}

describe("buildManifest", () => {
  it("describes the records and hashes label ‖ pixels of each", () => {
    const records = [
      [0, 1, 2],
      [1, 3, 4],
      [1, 5, 6],
      [0, 7, 8],
      [1, 9, 10],
    ];
    assert.deepEqual(tiny().manifest, {
      schema: "cairn/dataset/v1",
      ...description,
      inputShape: [1, 2, 1],
      classes: 2,
      recordCount: 5,
      splits: { train: [0, 3], test: [3, 5] },
      recordsRoot: merkleRoot(records.map((bytes) => leafHash(Uint8Array.from(bytes)))),
      recordBytes: 3,
    });
  });
});

describe("decodeManifest", () => {
  it("gives back what was encoded", () => {
    const { manifest } = tiny();
    assert.deepEqual(decodeManifest(encodeManifest(manifest)), manifest);
  });

  it("refuses bytes that are not canonical JSON, or too many", async () => {
    const spaced = new TextEncoder().encode(JSON.stringify(tiny().manifest, null, 1));
    for (const bytes of [new Uint8Array(0), Uint8Array.of(0xff), spaced, new Uint8Array(MAX_MANIFEST_BYTES + 1)]) {
      await refuses(() => decodeManifest(bytes), { code: "DATA_MANIFEST_MALFORMED", field: "$" });
    }
    await refuses(() => decodeManifest(encodeCanonicalJson([])), { code: "DATA_MANIFEST_MALFORMED", field: "$" });
  });
});

describe("parseManifest", () => {
  const wrong: readonly (readonly [field: string, values: readonly (Json | undefined)[]])[] = [
    ["schema", ["cairn/dataset/v3", null, undefined]],
    ["name", [7, undefined, "red \u001b[31m"]],
    ["source", [null]],
    ["licence", [[]]],
    ["inputShape", [[], [1, 0, 1], [1, -2, 1], [1, 1.5, 1], "1,2,1"]],
    ["classes", [0, 257, -1, 1.5, "2"]],
    ["classNames", [["cross"], ["cross", "ri\nng"], ["a", "b", "c"], [1, 2], []]],
    ["recordCount", [-1, 2 ** 53, "5"]],
    ["recordsRoot", ["0x12", `0x${"AB".repeat(32)}`, 5]],
    ["recordBytes", [2, 4]],
    ["extra", [1]],
    ["toString", ["not ours either"]],
  ];
  for (const [field, values] of wrong) {
    it(`refuses a manifest with a wrong ${field}`, async () => {
      for (const value of values) {
        const changed = { ...tiny().manifest, [field]: value };
        await refuses(() => parseManifest(changed), { code: "DATA_MANIFEST_MALFORMED", field });
      }
    });
  }

  it("refuses splits that overlap, leave a gap, are empty or do not cover all records", async () => {
    const cuts = [
      { train: [0, 3], test: [2, 5] },
      { train: [0, 2], test: [3, 5] },
      { train: [0, 0], test: [0, 5] },
      { train: [0, 5], test: [5, 5] },
      { train: [1, 3], test: [3, 5] },
      { train: [0, 3], test: [3, 6] },
      { train: [0, 3], test: [3] },
      { train: [0, 3], test: [3, 5], spare: [5, 5] },
      { train: [0, 3] },
      null,
    ];
    for (const splits of cuts) {
      const changed = { ...tiny().manifest, splits };
      await refuses(() => parseManifest(changed), { code: "DATA_MANIFEST_MALFORMED", field: "splits" });
    }
  });
});

describe("verifyManifest", () => {
  it("passes the data set it was made from, whatever it is called", () => {
    verifyManifest({ ...tiny().manifest, name: "another name" }, tiny());
  });

  it("refuses a data set in which one pixel, one label or the order differs", async () => {
    const { manifest } = tiny();
    const others = [
      tiny({ pixels: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 11) }),
      tiny({ labels: Uint8Array.of(0, 1, 1, 0, 0) }),
      tiny({ pixels: Uint8Array.of(1, 2, 5, 6, 3, 4, 7, 8, 9, 10) }),
    ];
    for (const other of others) {
      await refuses(() => verifyManifest(manifest, other), {
        code: "DATA_ROOT_MISMATCH",
        actual: other.manifest.recordsRoot,
        needed: manifest.recordsRoot,
      });
    }
  });

  it("hashes the records themselves rather than trust the data set's own manifest", async () => {
    const honest = tiny();
    const forged = { ...tiny({ labels: Uint8Array.of(1, 1, 1, 0, 1) }), manifest: honest.manifest };
    await refuses(() => verifyManifest(honest.manifest, forged), {
      code: "DATA_ROOT_MISMATCH",
      actual: tiny({ labels: Uint8Array.of(1, 1, 1, 0, 1) }).manifest.recordsRoot,
      needed: honest.manifest.recordsRoot,
    });
  });

  it("names the first field in which another data set differs", async () => {
    const { manifest } = tiny();
    const others = [
      { other: tiny({ shape: [2, 1, 1] }), field: "inputShape" },
      { other: tiny({ trainCount: 4 }), field: "splits" },
    ];
    for (const { other, field } of others) {
      await refuses(() => verifyManifest(manifest, other), { code: "DATA_MANIFEST_DIFFERS", field });
    }
  });
});

describe("recordProof", () => {
  it("proves every record and no other", () => {
    const dataset = tiny();
    for (let index = 0; index < 5; index++) {
      const proof = recordProof(dataset, index);
      assert.equal(verifyRecord(dataset.manifest, dataset.record(index), proof), true, `record ${index}`);
      assert.equal(verifyRecord(dataset.manifest, dataset.record((index + 1) % 5), proof), false, `not ${index}`);
    }
  });

  it("does not accept a proof for a tree of another size, or a record of another length", () => {
    const { manifest, record } = tiny();
    const proof = recordProof(tiny(), 0);
    assert.equal(verifyRecord(manifest, record(0), { ...proof, count: 6 }), false);
    assert.equal(verifyRecord(manifest, record(0).slice(1), proof), false);
  });
});
