import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseOptions, type StartOptions } from "./options.ts";
import { StartError } from "./startError.ts";

function refusal(...args: string[]): string {
  try {
    parseOptions(args);
  } catch (error) {
    assert.ok(error instanceof StartError, "a coded error");
    assert.ok(error.detail.code === "START_USAGE", error.code);
    return error.detail.option;
  }
  return assert.fail(`${args.join(" ")} was accepted`);
}

describe("parseOptions", () => {
  it("gives the demo's defaults when nothing is asked for", () => {
    assert.deepEqual(parseOptions([]), {
      data: "glyphs",
      model: "mlp:128",
      rounds: 10,
      trainers: 4,
      auditors: 3,
      mode: "replayable",
      device: "auto",
      liar: "forge",
      lazyAuditor: false,
      report: undefined,
      keep: false,
      web: true,
      seed: 1,
      json: false,
      timeoutSeconds: 600,
    });
  });

  it("reads every option when all are given", () => {
    const text = "--data mnist:/d --model lenet5 --rounds 3 --trainers 2 --auditors 5 --mode replayable --liar none";
    const rest = "--report r.json --keep --no-web --seed 7 --timeout 60 --json";
    const options = parseOptions([...text.split(" "), ...rest.split(" ")]);
    assert.deepEqual(options, {
      data: "mnist:/d",
      model: "lenet5",
      rounds: 3,
      trainers: 2,
      auditors: 5,
      mode: "replayable",
      device: "auto",
      liar: "none",
      lazyAuditor: false,
      report: "r.json",
      keep: true,
      web: false,
      seed: 7,
      json: true,
      timeoutSeconds: 60,
    });
  });

  it("names the option when a value is out of range, not a number, or not a choice", () => {
    assert.equal(refusal("--rounds", "0"), "rounds");
    assert.equal(refusal("--rounds", "1e3"), "rounds");
    assert.equal(refusal("--trainers", "65"), "trainers");
    assert.equal(refusal("--auditors", "-1"), "auditors");
    assert.equal(refusal("--liar", "lazy"), "liar");
    assert.equal(refusal("--mode", "sealed"), "mode");
    assert.equal(refusal("--mode", "private", "--lazy-auditor"), "mode");
    assert.equal(refusal("--device", "gpu"), "device");
    assert.equal(refusal("--data", ""), "data");
    assert.equal(refusal("--model", "resnet"), "model");
  });

  it("names the option when it is unknown or lacks its value", () => {
    assert.equal(refusal("--colour"), "colour");
    assert.equal(refusal("--report"), "report");
    assert.equal(refusal("mnist"), "mnist");
  });

  it("runs fewer rounds where each waits for challenges, and refuses what leaves nothing to dispute", () => {
    for (const liar of ["late-bit-flip", "false-aggregate"]) {
      assert.equal((parseOptions(["--liar", liar]) as StartOptions).rounds, 3);
      assert.equal(refusal("--liar", liar, "--mode", "private"), "mode");
      assert.equal(refusal("--liar", liar, "--lazy-auditor"), "lazy-auditor");
    }
    assert.equal(refusal("--liar", "false-aggregate", "--auditors", "2"), "auditors");
  });

  it("refuses a lone trainer when it would be the liar", () => {
    assert.equal(refusal("--trainers", "1"), "trainers");
    assert.notEqual(parseOptions(["--trainers", "1", "--liar", "none"]), "help");
    assert.notEqual(parseOptions(["--trainers", "1", "--liar", "false-aggregate"]), "help");
  });

  it("refuses a lazy auditor where nobody would plant an error for it", () => {
    assert.equal(refusal("--trainers", "2", "--lazy-auditor"), "trainers");
    const options = parseOptions(["--lazy-auditor"]);
    assert.ok(options !== "help" && options.lazyAuditor);
  });

  it("asks for help when -h is among the arguments", () => {
    assert.equal(parseOptions(["--rounds", "3", "-h"]), "help");
  });
});
