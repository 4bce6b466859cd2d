/** `cairn simulate` as people type it, on a small table; and the same file as a task's. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { openDataset } from "../../data/openDataset.ts";
import { encodePlan } from "../../protocol/plan.ts";
import { prepareSimulation } from "../simulation/prepareSimulation.ts";
import { readTaskFile, type TaskOptions, trainingChoices } from "../taskOptions.ts";
import { prepareTraining } from "../taskPlan.ts";
import { createTestMachine, type MemoryHostOptions, type Ran } from "../testing/memoryHost.ts";

const machine = createTestMachine();
after(() => machine.remove());

const path = (...names: readonly string[]): string => join(machine.home, ...names);

const PLAN = `data: csv:${path("table.csv")},target=kind
model: linear
rounds: 3
trainers: 4
batch: 8
localSteps: 5
learningRate: 0.2
momentum: 0
seed: 3
aggregation: { kind: centeredClipping }
simulation:
  attack: { kind: copy, count: 1 }
  contribution: true
`;

const FEEDBACK = `${PLAN}mode: private
compression: { codec: ternary, k: 20000, errorFeedback: true }
`;

/** Two hundred points around three centres. */
const TABLE = [
  "a,b,c,kind",
  ...Array.from({ length: 200 }, (_, i) => {
    const kind = (i * 7) % 3;
    return `${[0, 1, 2].map((axis) => (axis === kind ? 1 : 0) + ((i * 31 + axis * 17) % 13) / 13).join(",")},${"xyz"[kind]}`;
  }),
].join("\n");

before(() => {
  writeFileSync(path("table.csv"), TABLE);
  writeFileSync(path("plan.yaml"), PLAN);
  writeFileSync(path("feedback.yaml"), FEEDBACK);
});

/** One thread, and no compiled module. */
function simulate(line: string, options: MemoryHostOptions = {}): Promise<Ran> {
  return machine.run(["simulate", ...line.split(" "), "--engine", "reference", "--threads", "1"], options);
}

interface Rounds {
  readonly rounds: readonly { readonly round: number; readonly weightsDigest: string }[];
  readonly contribution: { readonly trainers: readonly unknown[]; readonly copies: Readonly<Record<string, number>> };
}

function roundsOf(folder: string): Rounds {
  return JSON.parse(readFileSync(path(folder, "rounds.json"), "utf8")) as Rounds;
}

describe("cairn simulate", () => {
  it("plays the plan's rounds and leaves tables, curves, a page and the model", async () => {
    const { code, stdout, stderr } = await simulate("--plan plan.yaml -o whole");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^\d+\.\d\d %\n$/);
    const { rounds, contribution } = roundsOf("whole");
    assert.deepEqual(
      rounds.map(({ round }) => round),
      [1, 2, 3],
    );
    assert.equal(contribution.trainers.length, 4);
    assert.equal(contribution.copies["3"], 0, "the bad one, number 3, repeats the first");
    const csv = readFileSync(path("whole", "rounds.csv"), "utf8").trimEnd().split("\r\n");
    assert.equal(csv.length, 4);
    assert.ok(csv[3]!.startsWith("3,") && csv[3]!.endsWith(rounds[2]!.weightsDigest));
    const page = readFileSync(path("whole", "report.html"), "utf8");
    assert.match(page, /<svg [^>]*role="img"/);
    assert.ok(!/<script|https?:\/\//.test(page), "nothing from elsewhere");
  });

  it("gives the same weights when Ctrl-C stops it after a round and it is resumed, residuals included", async () => {
    await stopAndResume("plan.yaml", "whole", "parts");
    assert.equal((await simulate("--plan feedback.yaml -o wholeFeedback")).code, 0);
    await stopAndResume("feedback.yaml", "wholeFeedback", "partsFeedback");
    const [plain, feedback] = ["whole", "wholeFeedback"].map((folder) => roundsOf(folder).rounds.at(-1)!.weightsDigest);
    assert.notEqual(plain, feedback);
  });

  async function stopAndResume(plan: string, whole: string, parts: string): Promise<void> {
    const control = new AbortController();
    const onWrite: MemoryHostOptions["onWrite"] = (_, text) => {
      if (text.includes("round 1 of 3")) control.abort();
    };
    const stopped = await simulate(`--plan ${plan} -o ${parts}`, { interrupt: control.signal, onWrite });
    assert.equal(stopped.code, 130, stopped.stderr);
    assert.ok(roundsOf(parts).rounds.length < 3);
    const resumed = await simulate(`--plan ${plan} -o ${parts} --resume`);
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.deepEqual(
      roundsOf(parts).rounds.map(({ weightsDigest }) => weightsDigest),
      roundsOf(whole).rounds.map(({ weightsDigest }) => weightsDigest),
    );
  }

  it("leaves a simulation that is there alone, and goes on with none but its own", async () => {
    assert.match((await simulate("--plan plan.yaml -o whole")).stderr, /error\[CLI_RUN_EXISTS\]/);
    assert.match((await simulate("--plan plan.yaml -o nowhere --resume")).stderr, /error\[CLI_RUN_MISSING\]/);
    const other = await simulate("--plan plan.yaml -o whole --resume --seed 9");
    assert.match(other.stderr, /error\[CLI_RUN_DIFFERS\]/);
  });

  it("names the line of what is wrong in the plan", async () => {
    const cases: readonly (readonly [from: string, to: string, message: RegExp])[] = [
      ["localSteps: 5", "localStep: 5", /plan\.yaml, line 6: unknown key "localStep"; did you mean localSteps/],
      ["kind: copy, count: 1", "kind: copy, count: 1, z: 2", /line 12: simulation\.attack\.z is unknown/],
      ["kind: copy", "kind: cpoy", /line 12: simulation\.attack\.kind is not one of/],
      ["kind: centeredClipping", "kind: krum", /line 10: .*byzantine is missing/],
      ["contribution: true", "trainers: 3\n  perRound: 4", /line 14: simulation\.perRound is above the 3 trainers/],
      [
        "seed: 3",
        "compression: { codec: topK, k: 0 }",
        /plan\.yaml, line 9: .*\$\.k is not a whole number from 1 to 4096/,
      ],
      ["seed: 3", "compression: { codec: sign, k: 3 }", /plan\.yaml, line 9: .*\$\.k is unknown/],
      ["seed: 3", "compression: { codec: zip }", /plan\.yaml, line 9: .*\$\.codec is not one of none, int8/],
      ["seed: 3", "compression: { codec: sign, errorFeedback: true }", /error\[LEARNING_FEEDBACK_NOT_REPLAYABLE\]/],
      ["seed: 3", "localEpochs: 2", /give either localSteps or localEpochs/],
    ];
    for (const [from, to, message] of cases) {
      writeFileSync(path("wrong.yaml"), PLAN.replace(from, to));
      const { code, stderr } = await simulate("--plan wrong.yaml -o wrong");
      assert.notEqual(code, 0);
      assert.match(
        stderr,
        to.includes("localEpochs") ? message : new RegExp(message.source.replace("plan\\.yaml", "wrong\\.yaml")),
      );
    }
  });

  it("plays exactly the plan that task create would store", async () => {
    for (const file of ["plan.yaml", "feedback.yaml"]) {
      const options = await readTaskFile<TaskOptions>(path(file), {});
      const dataset = await openDataset(options.data!, { cacheDir: path("cache") });
      const { scenario } = await prepareSimulation(options, dataset, machine.home);
      const { planBytes } = prepareTraining(dataset, await trainingChoices(options, dataset, machine.home));
      assert.deepEqual(encodePlan(scenario.plan), planBytes);
      assert.equal(scenario.plan.compression !== undefined, file === "feedback.yaml");
      dataset.close();
    }
  });
});
