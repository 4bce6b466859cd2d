import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { openCard } from "../compute/openCard.ts";
import { decodeParameters } from "../engine/checkpoint.ts";
import { hasCode } from "../engine/testing/programs.ts";
import { trainOnCard } from "../learning/cardTraining.ts";
import { trainLocally } from "../learning/localTraining.ts";
import { smallJob } from "../learning/testing/jobs.ts";

const job = smallJob();
const { program } = job.executor;
const card = await openCard(program, { wanted: "0" }).catch((error: Error) => error.message);
const skip = typeof card === "string" ? card : false;
after(() => typeof card !== "string" && card.dispose());

describe("trainOnCard", { skip }, () => {
  it("makes nearly the update that the processor makes, of the same seed, batches and sample count", async () => {
    if (typeof card === "string") return;
    const [expected, actual] = [await trainLocally(job), await trainOnCard({ ...job, card: card.executor })];
    assert.equal(actual.sampleCount, expected.sampleCount);
    assert.ok(Math.abs(actual.loss - expected.loss) < 1e-4);
    const weights = decodeParameters(actual.bytes, program);
    for (const [name, { data }] of decodeParameters(expected.bytes, program)) {
      data.forEach((value, i) => void assert.ok(Math.abs(weights.get(name)!.data[i]! - value) < 1e-4, `${name}[${i}]`));
    }
    assert.equal(actual.traceLeaves.length, 1);
  });

  it("ends in a coded error where training diverges, and can be loaded again", async () => {
    if (typeof card === "string") return;
    const wild = new Map([...job.base].map(([name, { shape, data }]) => [name, { shape, data: data.map(() => 1e38) }]));
    await assert.rejects(trainOnCard({ ...job, base: wild, card: card.executor }), hasCode("ENGINE_NOT_FINITE"));
    await trainOnCard({ ...job, card: card.executor });
  });
});
