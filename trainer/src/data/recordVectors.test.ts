/** Holds layouts to golden vectors: from manifest and record bytes alone, others must get the same numbers and root. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Hex } from "../protocol/hex.ts";
import type { RecordManifest } from "./dataset.ts";
import { encodeManifest, leafPrefix } from "./manifest.ts";
import { bindRecords } from "./sourcedDataset.ts";
import { memoryRecords } from "./testing/memoryRecords.ts";

interface Vector {
  readonly name: string;
  readonly manifest: RecordManifest;
  /** SHA-256 of the manifest's canonical bytes, as in `DataRegistry`. */
  readonly manifestDigest: Hex;
  /** What every leaf begins with. */
  readonly leafPrefix: string;
  /** Bytes of each record, training records first. Hex. */
  readonly records: readonly string[];
  /** Inputs of each record: binary32 little-endian. Hex. */
  readonly inputs: readonly string[];
  readonly targets: readonly string[];
}

const file = join(import.meta.dirname, "../../../test/vectors/data/records.json");
const { vectors } = JSON.parse(readFileSync(file, "utf8")) as { readonly vectors: readonly Vector[] };

describe("record layouts", () => {
  for (const vector of vectors) {
    it(`give the numbers and the root of the vector "${vector.name}"`, async () => {
      const { manifest } = vector;
      const dataset = await bindRecords({
        description: manifest,
        source: memoryRecords(vector.records.map((hex) => Buffer.from(hex, "hex"))),
        trainCount: manifest.splits.train[1],
        inputShape: manifest.inputShape,
        layout: manifest.layout,
      });
      assert.deepEqual(dataset.manifest, manifest);
      assert.equal(`0x${createHash("sha256").update(encodeManifest(manifest)).digest("hex")}`, vector.manifestDigest);
      assert.equal(Buffer.from(leafPrefix(manifest)).toString("hex"), vector.leafPrefix);
      for (let index = 0; index < manifest.recordCount; index++) {
        const [records, at] =
          index < dataset.train.count ? [dataset.train, index] : [dataset.test, index - dataset.train.count];
        const [input, target] = [new Float32Array(records.inputSize), new Float32Array(records.targetSize)];
        records.read([at], input, target);
        assert.equal(Buffer.from(input.buffer).toString("hex"), vector.inputs[index], `input of record ${index}`);
        assert.equal(Buffer.from(target.buffer).toString("hex"), vector.targets[index], `target of record ${index}`);
      }
    });
  }
});
