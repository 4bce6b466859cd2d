import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { ADDRESS, createScenario, KEY } from "../testing/scenario.ts";

const { machine, run } = createScenario();
after(() => machine.remove());

describe("cairn keys", () => {
  it("imports a key, lists and shows it, and never prints or overwrites it", async () => {
    const made = await run("keys import lab --key-stdin --password-file pw --fast-scrypt", { stdin: `0x${KEY}\n` });
    assert.equal(made.stdout, `${ADDRESS}\n`);
    assert.match(made.stderr, /easy to guess/);
    const path = join(machine.home, ".config/cairn/keystore/lab.json");
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(join(path, "..")).mode & 0o777, 0o700);
    const before = readFileSync(path, "utf8");
    assert.ok(!before.includes(KEY), "the key is encrypted");

    const again = await run("keys new lab --password-file pw");
    assert.equal(again.code, 3);
    assert.match(again.stderr, /KEYSTORE_EXISTS/);
    assert.equal(readFileSync(path, "utf8"), before, "untouched");

    const [listed] = JSON.parse((await run("keys list --json --account lab")).stdout).data;
    assert.deepEqual({ ...listed, path: "" }, { name: "lab", address: ADDRESS, kdf: "scrypt", inUse: true, path: "" });
    assert.match((await run("keys show lab")).stdout, new RegExp(ADDRESS));
    for (const line of ["keys list", "keys show lab", "keys export lab", "keys show lab --json -vv"]) {
      const { stdout, stderr } = await run(line);
      assert.ok(!(stdout + stderr).includes(KEY), `${line} keeps the key to itself`);
    }
  });

  it("exports what it imports again, under the same password only", async () => {
    await run("keys import one --key-file key --password-file pw --fast-scrypt");
    assert.equal((await run("keys export one -o copy.json")).code, 0);
    assert.equal((await run("keys export one -o copy.json")).code, 2, "the copy is not overwritten");
    const wrong = await run("keys import two --keystore copy.json --password-file wrong");
    assert.equal(wrong.code, 3);
    assert.match(wrong.stderr, /KEYSTORE_WRONG_PASSWORD\] wrong password or damaged file/);
    assert.equal(existsSync(join(machine.home, ".config/cairn/keystore/two.json")), false, "nothing is left behind");
    const right = await run("keys import two --keystore copy.json --password-file pw");
    assert.equal(right.stdout, `${ADDRESS}\n`);
  });

  it("asks twice for a new password when somebody is there", async () => {
    const { code, stdout } = await run("keys new asked --fast-scrypt", { passwords: ["same", "same"] });
    assert.equal(code, 0);
    assert.match(stdout, /^0x[0-9a-fA-F]{40}\n$/);
  });

  it("says nothing but the address with -q", async () => {
    const { stderr } = await run("keys new quiet --fast-scrypt --password-file pw -q");
    assert.equal(stderr, "");
  });
});
