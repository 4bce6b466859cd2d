/** What the command's tests share: a machine with files of every good and bad kind, and what holds for every run. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArchitecture } from "../../engine/architecture.ts";
import { encodeParameters } from "../../engine/checkpoint.ts";
import { compile } from "../../engine/program.ts";
import { createTestMachine, type MemoryHostOptions, type Ran, type TestMachine } from "./memoryHost.ts";

/** The key of the Web3 Secret Storage definition's vectors, and its address. */
export const KEY = "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";
export const ADDRESS = "0x008AeEda4D805471dF9b2A5B0f38A0C3bCBA786b";

const LINEAR = [{ type: "flatten" }, { type: "dense", units: 10 }];
const FEW = [{ type: "flatten" }, { type: "dense", units: 3 }];

/** A linear model for 28×28 images and ten classes, every number of it `value`. */
function linearWeights(value: number): Uint8Array {
  const filled = (...shape: number[]) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b)).fill(value) });
  const architecture = parseArchitecture({ input: [28, 28, 1], layers: LINEAR, loss: "softmaxCrossEntropy" });
  const { parameters } = compile(architecture, {
    batchSize: 1,
    optimiser: { type: "sgd", learningRate: 1, momentum: 0 },
  });
  return encodeParameters(new Map(parameters.map(({ name, shape }) => [name, filled(...shape)])));
}

export interface Scenario {
  readonly machine: TestMachine;
  /** Runs one line, words apart by spaces, and checks the streams. */
  run(line: string, options?: MemoryHostOptions): Promise<Ran>;
}

export function createScenario(): Scenario {
  const machine = createTestMachine();
  const write = (name: string, content: string | Uint8Array): void => writeFileSync(join(machine.home, name), content);
  write("pw", "secret\n");
  write("wrong", "not it\n");
  write("key", `${KEY}\n`);
  write("truncated.safetensors", new Uint8Array(20));
  write("broken.json", "{");
  write("small.json", JSON.stringify({ input: [2, 2, 1], layers: LINEAR, loss: "softmaxCrossEntropy" }));
  write("few.json", JSON.stringify({ input: [28, 28, 1], layers: FEW, loss: "softmaxCrossEntropy" }));
  write("crooked.json", JSON.stringify({ input: [28, 28, 1], layers: LINEAR.slice(1), loss: "softmaxCrossEntropy" }));
  write("crooked.yaml", "input: [28, 28, 1]\nlayers: [{ type: dense, units: 10 }]\nloss: softmaxCrossEntropy\n");
  write("nan.safetensors", linearWeights(Number.NaN));
  write("good.safetensors", linearWeights(0));
  write("typo.json", JSON.stringify({ round: 3 }));
  write("closed.json", deploymentOn("http://127.0.0.1:1"));
  return {
    machine,
    async run(line, options = {}) {
      const argv = line.split(" ").filter((word) => word !== "");
      const ran = await machine.run(argv, options);
      assertStreams(ran, argv);
      return ran;
    },
  };
}

/** A record whose RPC is a loopback port that nobody can listen on without being root. */
function deploymentOn(rpcUrl: string): string {
  const address = `0x${"11".repeat(20)}`;
  const registries = ["nodeRegistry", "modelRegistry", "dataRegistry"];
  const names = ["cairnToken", ...registries, "flContract", "disputeGame", "aggregateGame", "cohorts", "roundReports"];
  const contracts = Object.fromEntries(names.map((name) => [name, address]));
  return JSON.stringify({ schema: "cairn/deployment/v1", chainId: 31337, deployedAtBlock: 0, rpcUrl, contracts });
}

/** What must hold for every run, however it ends. */
function assertStreams({ stdout, stderr }: Ran, argv: readonly string[]): void {
  assert.ok(!/\n\s+at /.test(stdout + stderr), `${argv.join(" ")}: no stack trace`);
  if (argv.includes("--json")) {
    const lines = stdout.trimEnd().split("\n");
    assert.equal(lines.length, 1, "one JSON document");
    const envelope = JSON.parse(lines[0]!);
    assert.equal(envelope.schema, "cairn/v1");
  }
}
