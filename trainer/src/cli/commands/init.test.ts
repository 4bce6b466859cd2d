import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { createScenario } from "../testing/scenario.ts";

const { machine, run } = createScenario();
after(() => machine.remove());

describe("cairn init", () => {
  it("writes a configuration, a key and a .gitignore, and prints the next steps", async () => {
    const made = await run("init site --network closed.json --account site --password-file pw --fast-scrypt --json");
    assert.equal(made.code, 0);
    const { data } = JSON.parse(made.stdout);
    assert.match(data.address, /^0x/);
    assert.deepEqual(data.next.slice(0, 1), ["cd site"]);
    const config = JSON.parse(readFileSync(join(machine.home, "site/cairn.config.json"), "utf8"));
    assert.deepEqual(config, {
      $schema: "./.cairn/cairn.config.schema.json",
      network: "../closed.json",
      account: "site",
      dataDir: ".cairn/node",
    });
    assert.ok(existsSync(join(machine.home, "site", config.$schema)), "the schema is there");
    assert.equal(readFileSync(join(machine.home, "site/.gitignore"), "utf8"), ".cairn/\n");
  });

  it("can be run again when it was stopped at the password", async () => {
    const line = "init later --account later --fast-scrypt";
    assert.equal((await run(`${line} --no-input`)).code, 2, "there is nobody to ask");
    assert.equal(existsSync(join(machine.home, "later/cairn.config.json")), false, "the configuration comes last");
    assert.equal((await run(`${line} --password-file pw`)).code, 0);
    assert.ok(existsSync(join(machine.home, "later/cairn.config.json")));
  });

  it("leaves an existing configuration alone", async () => {
    await run("init twice --no-key");
    const before = readFileSync(join(machine.home, "twice/cairn.config.json"), "utf8");
    const again = await run("init twice --no-key --account other");
    assert.equal(again.code, 3);
    assert.match(again.stderr, /CONFIG_EXISTS/);
    assert.equal(readFileSync(join(machine.home, "twice/cairn.config.json"), "utf8"), before);
  });
});
