import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { openDataset } from "../data/openDataset.ts";
import { idxBytes } from "../data/testing/idxBytes.ts";
import { temporaryFolder } from "../data/testing/temporaryFolder.ts";
import { createReferenceExecutor } from "../engine/reference/referenceExecutor.ts";
import { assertSameBits, hasCode, seedOf, testStream } from "../engine/testing/programs.ts";
import { plannedProgram } from "../learning/plannedTraining.ts";
import type { Attack } from "./scenario.ts";
import { firstState, type SimulatedRound, simulate } from "./simulate.ts";
import { playAll, smallPlan, smallScenario } from "./testing/smallWorld.ts";
import { createThreadPool } from "./threadPool.ts";
import { createInlinePool } from "./trainingPool.ts";
import type { SentUpdate } from "./world.ts";

const DEFAULT = { aggregation: { kind: "centeredClipping" } };

/** Twenty small images of two classes, bright above or below. */
async function imageFolder(test: TestContext): Promise<string> {
  const folder = join(await temporaryFolder(test), "images");
  await mkdir(folder);
  const stream = testStream("images");
  const [count, side] = [40, 4];
  const pixels = Uint8Array.from({ length: count * side * side }, (_, at) => {
    const isUpper = at % (side * side) < (side * side) / 2;
    const isFirst = Math.floor(at / (side * side)) % 2 === 0;
    return (isUpper === isFirst ? 128 : 0) + stream.nextBelow(128);
  });
  await writeFile(join(folder, "train-images-idx3-ubyte"), idxBytes([count, side, side], pixels));
  await writeFile(
    join(folder, "train-labels-idx1-ubyte"),
    idxBytes(
      [count],
      Array.from({ length: count }, (_, i) => i % 2),
    ),
  );
  return folder;
}

describe("simulate", () => {
  it("learns: twelve rounds lift accuracy far above chance, and the loss falls", async () => {
    const rounds = await playAll(smallScenario(DEFAULT, { rounds: 12 }));
    const [first, last] = [rounds[0]!.record, rounds.at(-1)!.record];
    assert.ok(last.evaluation!.accuracy! > 0.6, `${last.evaluation!.accuracy}`); // chance is 0.25
    assert.ok(last.evaluation!.loss! < first.evaluation!.loss!);
    assert.equal(last.arrived, 6);
  });

  it("learns from compressed updates, and counts their bytes", async () => {
    const compression = { codec: "topK", k: 512, errorFeedback: true };
    const plain = (await playAll(smallScenario(DEFAULT, { rounds: 12 }))).at(-1)!.record;
    const scenario = smallScenario({ ...DEFAULT, compression }, { rounds: 12 });
    const rounds = await playAll(scenario);
    const again = await playAll(scenario);
    const last = rounds.at(-1)!.record;
    assert.ok(last.evaluation!.loss! < rounds[0]!.record.evaluation!.loss!);
    assert.ok(last.sentBytes < plain.sentBytes / 4, `${last.sentBytes} of ${plain.sentBytes} bytes`);
    assert.equal(again.at(-1)!.record.weightsDigest, last.weightsDigest);
    const resumed = await playAll(scenario, {}, rounds[4]!.after);
    assert.equal(resumed.at(-1)!.record.weightsDigest, last.weightsDigest, "what earlier rounds lost is in the state");
    await assert.rejects(playAll(smallScenario({ compression: { codec: "topK", k: 0 } })), {
      detail: { code: "LEARNING_RULE_MALFORMED", path: "$.k" },
    });
  });

  it("leaves out an update that is too large to be compressed, and its bytes", async () => {
    const attack = { kind: "scaled", count: 2, factor: 3e38 } as const;
    const [{ record }] = (await playAll(smallScenario({ compression: { codec: "sign" } }, { rounds: 1, attack }))) as [
      SimulatedRound,
    ];
    assert.deepEqual([record.arrived, record.diverged], [4, 2]);
    const [honest] = await playAll(smallScenario({ compression: { codec: "sign" } }, { rounds: 1 }));
    assert.equal(6 * record.sentBytes, 4 * honest!.record.sentBytes);
    assert.equal(record.failed, undefined);
  });

  it("gives the same bits on two threads as on this one", async (test) => {
    const reference = `idx:${await imageFolder(test)}`;
    const cacheDir = await temporaryFolder(test);
    const dataset = await openDataset(reference, { cacheDir });
    const plan = smallPlan({ ...DEFAULT, shards: 5, input: [4, 4, 1], classes: 2 });
    const scenario = { ...smallScenario({}, { trainers: 5, perRound: 5 }), plan };
    const executor = createReferenceExecutor(plannedProgram(plan));
    const pools = [
      createInlinePool(createReferenceExecutor(plannedProgram(plan)), dataset.train),
      await createThreadPool({ plan, dataReference: reference, cacheDir, engine: "wasm", threads: 2 }),
    ];
    const data = { train: dataset.train, test: dataset.test, labels: dataset.labels("train") };
    const digests: string[][] = [];
    for (const pool of pools) {
      const found: string[] = [];
      for await (const { record } of simulate(scenario, { pool, executor, data }, firstState(executor, seedOf(1)))) {
        found.push(record.weightsDigest);
      }
      digests.push(found);
      await pool.close();
    }
    assert.equal(digests[0]!.length, 3);
    assert.deepEqual(digests[1], digests[0]);
  });

  it("goes on from a state as if it had never stopped", async () => {
    const scenario = smallScenario(
      { aggregation: { kind: "fedadam" } },
      { rounds: 4, attack: { count: 1, kind: "freeRider" } },
    );
    const whole = await playAll(scenario);
    const rest = await playAll(scenario, {}, whole[1]!.after);
    assert.deepEqual(
      rest.map(({ record }) => record.round),
      [3, 4],
    );
    assertSameBits(rest.at(-1)!.after.parameters, whole.at(-1)!.after.parameters, "weights");
    assert.notEqual(whole[2]!.record.weightsDigest, whole[1]!.record.weightsDigest);
  });

  it("draws other trainers each round, loses some, and wraps numbers to shards", async () => {
    const scenario = smallScenario({}, { trainers: 100_000, perRound: 5, dropout: 0.3, rounds: 6 });
    const seen: number[][] = Array.from({ length: 6 }, () => []);
    const onUpdate = ({ round, number }: SentUpdate): void => void seen[round - 1]!.push(number);
    const records = (await playAll(scenario, { onUpdate })).map(({ record }) => record);
    assert.ok(records.every(({ drawn, arrived, droppedOut }) => drawn === 5 && arrived + droppedOut === 5));
    const lost = records.reduce((sum, { droppedOut }) => sum + droppedOut, 0);
    assert.ok(lost > 2 && lost < 18, `${lost} of 30 dropped out at 30 %`);
    assert.ok(new Set(seen.flat()).size > 12, "trainers differ from round to round");
    assert.ok(
      seen.flat().some((number) => number > 65_535),
      "beyond the slots of one task",
    );
    assert.ok(seen.every((numbers) => numbers.every((number, i) => i === 0 || number > numbers[i - 1]!)));
  });

  it("fails a round to which nobody comes, keeps the weights, and goes on", async () => {
    const scenario = smallScenario({ aggregation: { kind: "krum", byzantine: 3 } }, { rounds: 2 });
    const [first, second] = await playAll(scenario);
    assert.equal(first!.record.failed, "LEARNING_TOO_FEW_UPDATES");
    assert.equal(second!.record.weightsDigest, first!.record.weightsDigest);
  });

  it("has stragglers take fewer steps or give up at the deadline, and models the round's time", async () => {
    const network = { stepSeconds: 1, upMbps: 8, downMbps: 8, latencySeconds: 0, spread: 0, deadlineSeconds: 6 };
    const stragglers = { share: 0.5, slowdown: 3 };
    const dropped = await playAll(smallScenario({}, { rounds: 1, network: { ...network, stragglers, late: "drop" } }));
    const { late, arrived, modelledSeconds } = dropped[0]!.record;
    assert.ok(late > 0 && late < 6 && late + arrived === 6, `${late} of 6 are late`);
    assert.equal(modelledSeconds, 6);
    const kept = await playAll(
      smallScenario({}, { rounds: 1, network: { ...network, stragglers, late: "fewerSteps" } }),
    );
    assert.equal(kept[0]!.record.arrived, 6);
    assert.notEqual(kept[0]!.record.weightsDigest, dropped[0]!.record.weightsDigest);
    const quick = await playAll(
      smallScenario({}, { rounds: 1, network: { ...network, stragglers: { share: 0, slowdown: 1 }, late: "drop" } }),
    );
    assert.ok(Math.abs(quick[0]!.record.modelledSeconds! - 5) < 0.01, "five steps of a second, and a few bytes");
  });

  it("refuses scenarios that cannot be", async () => {
    const cases = [{ perRound: 7 }, { trainers: 0 }, { dropout: 1 }, { rounds: 0 }, { evaluateEvery: 0 }];
    for (const changes of cases) {
      await assert.rejects(playAll(smallScenario({}, changes)), hasCode("SIMULATION_SCENARIO_IMPOSSIBLE"));
    }
    const attack: Attack = { count: 7, kind: "ipm", epsilon: 1 };
    await assert.rejects(playAll(smallScenario({}, { attack })), hasCode("SIMULATION_SCENARIO_IMPOSSIBLE"));
    await assert.rejects(
      playAll(smallScenario({ aggregation: { kind: "scaffold" }, momentum: 0.9 })),
      hasCode("LEARNING_RULE_OPTIMISER"),
    );
  });
});

describe("attacks", () => {
  const ATTACKS: readonly Attack[] = [
    { count: 2, kind: "labelFlip" },
    { count: 2, kind: "signFlip", factor: 10 },
    { count: 2, kind: "scaled", factor: 10 },
    { count: 2, kind: "gaussian", deviation: 3 },
    { count: 2, kind: "alie", z: 1.5 },
    { count: 2, kind: "ipm", epsilon: 10 },
    { count: 2, kind: "minMax" },
    { count: 2, kind: "minSum" },
    { count: 2, kind: "backdoor", target: 1, share: 0.5, factor: 3 },
    { count: 2, kind: "freeRider" },
    { count: 2, kind: "copy" },
  ];

  for (const attack of ATTACKS) {
    it(`${attack.kind} changes what the bad send and nothing that the honest do in the first round`, async () => {
      const sent = async (attacked: Attack | undefined): Promise<Map<number, Float32Array>> => {
        const found = new Map<number, Float32Array>();
        const scenario = smallScenario({}, { rounds: 1, ...(attacked && { attack: attacked }) });
        await playAll(scenario, { onUpdate: ({ number, values }) => void found.set(number, values.slice()) });
        return found;
      };
      const [honest, attacked] = [await sent(undefined), await sent(attack)];
      assert.deepEqual([...attacked.keys()], [0, 1, 2, 3, 4, 5]);
      for (const number of [0, 1, 2, 3]) assert.deepEqual(attacked.get(number), honest.get(number));
      for (const number of [4, 5]) assert.notDeepEqual(attacked.get(number), honest.get(number));
    });
  }

  it("kill the mean when they are scaled, and not the default rule", async () => {
    const attack: Attack = { count: 1, kind: "signFlip", factor: 30 };
    const finalAccuracy = async (aggregation: object): Promise<number> =>
      (await playAll(smallScenario({ aggregation }, { rounds: 12, attack }))).at(-1)!.record.evaluation!.accuracy!;
    const [mean, robust] = [
      await finalAccuracy({ kind: "mean", normCap: false }),
      await finalAccuracy(DEFAULT.aggregation),
    ];
    assert.ok(mean < 0.4, `mean ${mean}`);
    assert.ok(robust > 0.6, `default ${robust}`);
  });

  it("measure how often a backdoor's patch wins", async () => {
    const attack: Attack = { count: 3, kind: "backdoor", target: 1, share: 0.5, factor: 2 };
    const rounds = await playAll(smallScenario({ input: [2, 6, 1] }, { rounds: 2, attack }));
    const success = rounds.at(-1)!.record.evaluation!.backdoorSuccess!;
    assert.ok(success >= 0 && success <= 1);
  });
});
