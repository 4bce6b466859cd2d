/** `cairn train` as people type it, on a small table and small networks. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { createTestMachine, type MemoryHostOptions, type Ran } from "../testing/memoryHost.ts";

const machine = createTestMachine();
after(() => machine.remove());

const path = (...names: readonly string[]): string => join(machine.home, ...names);
const digest = (...names: readonly string[]): string =>
  createHash("sha256")
    .update(readFileSync(path(...names)))
    .digest("hex");

const PLAN = `# what a person types
architecture:
  input: [4]
  layers:
    - { type: tanh }
    - { type: dense, units: 6 }
    - { type: relu }
    - { type: dropout, rate: 0.2 }
    - { type: dense, units: 3 }
  loss: softmaxCrossEntropy
optimiser: { type: adamW, learningRate: 0.01 }
batchSize: 8
steps: 40
evaluateEvery: 20
validation: 0.2
seed: 7
data: csv:${path("table.csv")},target=kind
`;

/** Two hundred points around three centres. */
const TABLE = [
  "a,b,c,d,kind",
  ...Array.from({ length: 200 }, (_, i) => {
    const kind = (i * 7) % 3;
    const noise = (axis: number): number => ((i * 31 + axis * 17) % 13) / 13;
    return `${[0, 1, 2, 3].map((axis) => (axis === kind ? 1 : 0) + noise(axis)).join(",")},${"xyz"[kind]}`;
  }),
].join("\n");

before(() => {
  writeFileSync(path("table.csv"), TABLE);
  writeFileSync(path("plan.yaml"), PLAN);
  writeFileSync(
    path("hot.yaml"),
    PLAN.replace("0.01 }", "1.0e+30 }").replace("evaluateEvery: 20", "checkpointEvery: 1"),
  );
  writeFileSync(
    path("stop.yaml"),
    `${PLAN}earlyStop: { patience: 1, minimumImprovement: 100 }\n`.replace("steps: 40", "epochs: 30"),
  );
});

/** `--engine reference`: small, and needs no compiled module. */
async function train(line: string, options: MemoryHostOptions = {}): Promise<Ran> {
  return machine.run(["train", ...line.split(" ").filter((word) => word !== ""), "--engine", "reference"], options);
}

interface Event {
  readonly event: string;
  readonly [field: string]: unknown;
}

function eventsOf(text: string): Event[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Event);
}

/** Ctrl-C as soon as step `step` is reported. */
function interruptAt(step: number): MemoryHostOptions {
  const control = new AbortController();
  return {
    interrupt: control.signal,
    onWrite: (_, text) => {
      if (text.includes(`"event":"trained","step":${step},`)) control.abort();
    },
  };
}

describe("cairn train", () => {
  it("trains by a plan, prints the model's path, and leaves model, log and checkpoint", async () => {
    const { code, stdout, stderr } = await train("--plan plan.yaml -o straight");
    assert.equal(code, 0, stderr);
    assert.equal(stdout, `${path("straight", "model.safetensors")}\n`);
    assert.match(stderr, /trained after step 40, best validation loss/);
    const { schema, architecture } = JSON.parse(readFileSync(path("straight", "model.json"), "utf8"));
    assert.equal(schema, "cairn/model/v1");
    assert.equal(architecture.layers.length, 5);
    const log = eventsOf(readFileSync(path("straight", "log.jsonl"), "utf8"));
    assert.deepEqual([log[0]?.event, log.at(-1)?.event], ["begun", "saved"]);
    assert.equal(log.filter(({ event }) => event === "evaluated").length, 2);
  });

  it("gives the same model when it is stopped by Ctrl-C after 17 steps and resumed", async () => {
    const stopped = await train("--plan plan.yaml -o parts --json", interruptAt(17));
    assert.equal(stopped.code, 130, stopped.stderr);
    assert.deepEqual(eventsOf(stopped.stdout).at(-1)?.step, 17);
    assert.match(stopped.stderr, /go on: cairn train --plan plan.yaml --data \S+ --output parts --resume/);
    assert.equal(existsSync(path("parts", "model.safetensors")), false, "an unfinished run has no model");
    const resumed = await train("--plan plan.yaml --output parts --resume --json");
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.deepEqual(eventsOf(resumed.stdout)[0]?.step, 17);
    assert.equal(digest("parts", "model.safetensors"), digest("straight", "model.safetensors"));
    const steps = eventsOf(readFileSync(path("parts", "log.jsonl"), "utf8")).filter(({ event }) => event === "trained");
    assert.deepEqual(
      steps.map(({ step }) => step),
      Array.from({ length: 40 }, (_, i) => i + 1),
    );
  });

  it("trains a finished run further, and keeps the last and the best checkpoint only", async () => {
    const { code, stderr } = await train("--plan plan.yaml -o parts --resume --steps 44");
    assert.equal(code, 0, stderr);
    assert.ok(readdirSync(path("parts", "checkpoints")).length <= 2);
    const { last } = JSON.parse(readFileSync(path("parts", "run.json"), "utf8"));
    assert.equal(last.step, 44);
  });

  it("leaves a run that is there alone unless it is told to begin anew", async () => {
    const refused = await train("--plan plan.yaml -o straight");
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /error\[CLI_RUN_EXISTS\]/);
    const before = digest("straight", "model.safetensors");
    const forced = await train("--plan plan.yaml -o straight -f --steps 3");
    assert.equal(forced.code, 0, forced.stderr);
    assert.notEqual(digest("straight", "model.safetensors"), before);
    assert.match((await train("--plan plan.yaml -o nowhere --resume")).stderr, /error\[CLI_RUN_MISSING\]/);
  });

  it("refuses a folder into which another process trains", async () => {
    mkdirSync(path("busy"));
    writeFileSync(path("busy", "node.lock"), `${process.ppid}\n`);
    const { code, stderr } = await train("--plan plan.yaml -o busy");
    assert.equal(code, 2);
    assert.match(stderr, /error\[CLI_RUN_BUSY\] process \d+ trains into /);
  });

  it("stops early, and gives the best weights", async () => {
    const { code, stdout, stderr } = await train("--plan stop.yaml -o early --json");
    assert.equal(code, 0, stderr);
    const { reason, step, model } = eventsOf(stdout).at(-1) as unknown as {
      reason: string;
      step: number;
      model: { step: number };
    };
    assert.deepEqual([reason, step, model.step], ["earlyStop", 40, 20]);
  });

  it("refuses to go on with a damaged checkpoint, or with another plan, and changes nothing", async () => {
    const seeded = await train("--plan stop.yaml -o early --resume --seed other");
    assert.match(seeded.stderr, /error\[CLI_RUN_DIFFERS\] .*another seed/);
    const { last, best } = JSON.parse(readFileSync(path("early", "run.json"), "utf8"));
    const bytes = readFileSync(path("early", last.file));
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(path("early", last.file), bytes);
    const damaged = await train("--plan stop.yaml -o early --resume");
    assert.deepEqual([damaged.code, damaged.stdout], [10, ""]);
    assert.match(damaged.stderr, /error\[CLI_CHECKPOINT_DAMAGED\]/);
    assert.ok(existsSync(path("early", best.file)) && existsSync(path("early", last.file)), "both are still there");
    const resumed = await train("--plan stop.yaml -o early --resume best --json");
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.equal(eventsOf(resumed.stdout)[0]?.step, 20);
    writeFileSync(path("early", "run.json"), "{");
    assert.match((await train("--plan stop.yaml -o early --resume")).stderr, /error\[CLI_RUN_MALFORMED\]/);
  });

  it("stops an exploding training with step and layer, exit 10, and the last good checkpoint intact", async () => {
    const { code, stdout, stderr } = await train("--plan hot.yaml -o hot");
    assert.deepEqual([code, stdout], [10, ""]);
    assert.match(stderr, /error\[ENGINE_NOT_FINITE\] step 1: .*layers\.\d/);
    assert.match(stderr, /the checkpoint of step \d+ is intact, in /);
  });

  it("refuses a file in a folder's place, with the reason and no word of checkpoints", async () => {
    for (const flags of ["-o table.csv", "-o table.csv/run", "-o curveless --tensorboard table.csv/tb"]) {
      const { code, stderr } = await train(`--plan plan.yaml ${flags}`);
      assert.equal(code, 3);
      assert.match(stderr, /error\[CLI_FILE_UNWRITABLE\] cannot .*: a part of the path is a file, not a folder\n/);
      assert.doesNotMatch(stderr, /checkpoint/);
    }
  });

  it("refuses a training that does not fit into memory before it begins", async () => {
    const { code, stderr } = await train("--plan plan.yaml -o large", { freeMemory: 1_000 });
    assert.equal(code, 10);
    assert.match(stderr, /error\[CLI_MEMORY_SHORT\] the training needs .* KiB of memory, and 1000 B are free/);
    assert.equal(existsSync(path("large")), false);
  });

  it("writes curves for TensorBoard", async () => {
    const { code, stderr } = await train("--plan plan.yaml -o curves --steps 4 --tensorboard tb");
    assert.equal(code, 0, stderr);
    const [file = ""] = readdirSync(path("tb"));
    assert.match(file, /^events\.out\.tfevents\.\d+\./);
    const text = readFileSync(path("tb", file), "latin1");
    for (const tag of ["train/loss", "validation/loss", "validation/accuracy", "learningRate", "samplesPerSecond"]) {
      assert.ok(text.includes(tag), tag);
    }
  });

  it("draws on a terminal, within its width, and prints nothing of it on stdout", async () => {
    const { code, stdout, stderr } = await train("--plan plan.yaml -o drawn --steps 5", { isTTY: true });
    assert.equal(code, 0, stderr);
    assert.equal(stdout, `${path("drawn", "model.safetensors")}\n`);
    const lines = stripVTControlCharacters(stderr).split("\n");
    assert.ok(lines.some((line) => line.includes("step 5 of 5")));
    assert.ok(
      lines.some((line) => /[\u2800-\u28ff]/.test(line)),
      "a curve",
    );
    assert.ok(stderr.endsWith("\u001b[?25h") || stderr.includes("\u001b[?25h"), "the cursor comes back");
  });

  const refusals: readonly (readonly [text: string, code: string, message: RegExp])[] = [
    [PLAN.replace("units: 6", "units: no"), "ENGINE_ARCHITECTURE_MALFORMED", /line 6: .*\$\.layers\[1\]\.units/],
    [PLAN.replace("input: [4]", "input: [5]"), "LEARNING_DATA_MISMATCH", /inputs a record/],
    [PLAN.replace("adamW", "adam"), "ENGINE_OPTIMISER_MALFORMED", /plan\.yaml, line 11: /],
    [PLAN.replace("batchSize", "batch"), "CLI_PLAN_MALFORMED", /plan\.yaml, line 12: batch is unknown/],
    [PLAN.replace("optimiser", "optimizer"), "CLI_PLAN_MALFORMED", /optimizer is unknown; did you mean optimiser\?/],
    [PLAN.replace("steps: 40", "steps: 0"), "CLI_PLAN_MALFORMED", /plan\.yaml, line 13: steps is not a whole number/],
    [PLAN.replace("validation: 0.2", "validation: 2"), "CLI_PLAN_MALFORMED", /line 15: validation is neither/],
    [PLAN.replace("seed: 7", "seed: [7]"), "CLI_PLAN_MALFORMED", /line 16: seed/],
    [PLAN.replace("batchSize: 8", "batchSize: [8"), "CLI_FILE_UNREADABLE", /plan\.yaml, line 1[23], column/],
    [
      `architecture: lenet\noptimiser: {}\nbatchSize: 1\nsteps: 1\ndata: csv:${path("table.csv")},target=kind`,
      "CLI_USAGE",
      /line 1: architecture must be linear/,
    ],
  ];
  for (const [text, code, message] of refusals) {
    it(`refuses a plan with ${code} that says ${message.source}`, async () => {
      writeFileSync(path("plan.yaml"), text);
      const { stdout, stderr } = await train("--plan plan.yaml -o refused");
      assert.equal(stdout, "");
      assert.ok(stderr.includes(`error[${code}] `), stderr);
      assert.match(stderr, message);
      assert.equal(existsSync(path("refused")), false);
      rmSync(path("plan.yaml"));
    });
  }
});
