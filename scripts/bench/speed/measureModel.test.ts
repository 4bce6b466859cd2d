/** Tests of the round-robin over engines, with workers that are a few lines of JavaScript. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { measureModel } from "./measureModel.ts";
import type { Subject } from "./subjects.ts";

/** Answers every command; the n-th measurement is n hundred. */
const HONEST = `
  const say = (answer) => console.log(JSON.stringify(answer));
  let measured = 0;
  say({ ready: { engine: "fake", firstLoss: 2.5 } });
  require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
    const command = JSON.parse(line);
    if (command.hash) say({ hashes: { [command.hash.steps[0]]: "abc" } });
    else if (command.measure) say({ samplesPerSecond: 100 * ++measured });
    else { say({ peakRssBytes: 1 }); process.exit(0); }
  });
`;

function fake(name: string, kind: Subject["kind"], script: string): Subject {
  return {
    ...{ name, kind, threads: 1, isCanonical: true },
    command: () => ({ file: process.execPath, args: ["--eval", script] }),
  };
}

describe("measureModel", () => {
  it("measures every engine in every round, the reference once, and says why one is left out", async () => {
    const lines: string[] = [];
    const subjects = [
      fake("wasm1", "wasm", HONEST),
      fake("reference", "reference", HONEST),
      fake("native1", "native", 'console.log(JSON.stringify({ unavailable: "no addon" }))'),
      fake("torch1", "torch", 'throw new Error("no module named torch")'),
    ];
    const options = { seconds: 0.01, rounds: 3, hashSteps: [5], log: (line: string) => lines.push(line) };
    const [wasm, reference, native, torch] = await measureModel("", subjects, options);
    assert.deepEqual(wasm!.samplesPerSecond, [200, 300, 400], "the first was to warm up");
    assert.deepEqual(reference!.samplesPerSecond, [100]);
    assert.deepEqual([wasm!.hashes, wasm!.firstLoss, wasm!.engine], [{ 5: "abc" }, 2.5, "fake"]);
    assert.ok(wasm!.startMs! > 0 && wasm!.peakRssBytes! > 0);
    assert.equal(native!.skipped, "no addon");
    assert.match(torch!.skipped!, /./);
    assert.deepEqual(native!.samplesPerSecond, []);
    assert.match(lines.join("\n"), /native1: skipped, no addon/);
  });
});
