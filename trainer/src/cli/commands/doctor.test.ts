import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { createScenario } from "../testing/scenario.ts";

const { machine, run } = createScenario();
after(() => machine.remove());

describe("cairn doctor", () => {
  it("gives every check as JSON and exits with the class of the first failure", async () => {
    const { code, stdout } = await run("doctor --network closed.json --account nobody --data idx:. --json");
    assert.equal(code, 3, "the keystore fails before data and chain");
    const findings = JSON.parse(stdout).data as {
      name: string;
      state: string;
      code: string | null;
      exitCode: number;
    }[];
    const of = (name: string) => findings.find((finding) => finding.name === name);
    assert.equal(of("engine")?.state, "ok", "this machine computes the canonical bits");
    assert.equal(of("store")?.state, "ok");
    assert.equal(of("keystore")?.code, "KEYSTORE_NOT_FOUND");
    assert.equal(of("data set")?.code, "DATA_NOT_A_DATA_FOLDER");
    assert.equal(of("contracts")?.code, "CHAIN_RPC_UNREACHABLE");
    assert.equal(of("contracts")?.exitCode, 4);
    assert.equal(of("ether")?.state, "skipped");
  });

  it("names the fix beside each problem, without colour alone telling them apart", async () => {
    const { stdout } = await run("doctor --account nobody");
    assert.match(stdout, /✖ keystore .*\n +fix: cairn keys new nobody /);
    assert.match(stdout, /✖ contracts .*\n +fix: cairn init --network FILE/);
    assert.match(stdout, /✔ engine/);
  });

  it("asks for a line in the configuration where there is a file already", async () => {
    assert.equal((await run("init --no-key")).code, 0);
    const { stdout } = await run("doctor");
    assert.match(stdout, /✖ contracts .*\n +fix: add "network": "FILE" to cairn\.config\.json/);
    assert.match((await run("")).stdout, /next: add "network"/);
  });
});
