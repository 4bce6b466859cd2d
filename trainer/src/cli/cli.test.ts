import assert from "node:assert/strict";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import type { MemoryHostOptions } from "./testing/memoryHost.ts";
import { createScenario } from "./testing/scenario.ts";

const ESCAPE = "\u001b";

const { machine, run } = createScenario();
after(() => machine.remove());

interface Refusal {
  readonly line: string;
  readonly code: string;
  readonly exit: number;
  readonly options?: MemoryHostOptions;
}

/** Every way to go wrong that needs no chain: command line, code, exit code. */
const REFUSALS: readonly Refusal[] = [
  { line: "nonsense", code: "CLI_USAGE", exit: 2 },
  { line: "help nonsense", code: "CLI_USAGE", exit: 2 },
  { line: "keys", code: "CLI_USAGE", exit: 2 },
  { line: "keys nwe", code: "CLI_USAGE", exit: 2 },
  { line: "status --colour", code: "CLI_USAGE", exit: 2 },
  { line: "status extra", code: "CLI_USAGE", exit: 2 },
  { line: "task show one", code: "CLI_USAGE", exit: 2 },
  { line: "stake add 1e3", code: "CLI_USAGE", exit: 2 },
  { line: "register --role miner", code: "CLI_USAGE", exit: 2 },
  { line: "task create --rounds 0", code: "CLI_USAGE", exit: 2 },
  { line: "task create --data glyphs --model cnn --dry-run", code: "CLI_USAGE", exit: 2 },
  { line: "task create --data glyphs --partition even --dry-run", code: "CLI_USAGE", exit: 2 },
  { line: "task create -f typo.json --dry-run", code: "CLI_USAGE", exit: 2 },
  { line: "task create -f broken.json --dry-run", code: "CLI_FILE_UNREADABLE", exit: 10 },
  { line: "task create --data glyphs --momentum 1 --dry-run", code: "ENGINE_OPTIMISER_MALFORMED", exit: 10 },
  { line: "task create --data glyphs --partition dirichlet:x --dry-run", code: "LEARNING_RULE_MALFORMED", exit: 10 },
  { line: "errors NO_SUCH_CODE", code: "CLI_UNKNOWN_CODE", exit: 2 },
  { line: "keys new a.b --password-file pw", code: "KEYSTORE_NAME_INVALID", exit: 2 },
  { line: "keys new fresh --no-input", code: "CLI_INPUT_NEEDED", exit: 2 },
  { line: "keys new fresh --password-file absent", code: "KEYSTORE_PASSWORD_UNREADABLE", exit: 3 },
  { line: "keys new fresh --password-stdin", code: "KEYSTORE_PASSWORD_EMPTY", exit: 3, options: { stdin: "\n" } },
  { line: "keys new fresh", code: "KEYSTORE_PASSWORD_DIFFERS", exit: 3, options: { passwords: ["one", "two"] } },
  {
    line: "keys import fresh --key-stdin --password-file pw",
    code: "KEYSTORE_KEY_INVALID",
    exit: 3,
    options: { stdin: "x" },
  },
  { line: "keys import fresh --keystore key --password-file pw", code: "KEYSTORE_MALFORMED", exit: 3 },
  { line: "keys import fresh --no-input", code: "CLI_INPUT_NEEDED", exit: 2 },
  { line: "keys show absent", code: "KEYSTORE_NOT_FOUND", exit: 3 },
  { line: "keys export absent", code: "KEYSTORE_NOT_FOUND", exit: 3 },
  { line: "status", code: "CONFIG_NETWORK_MISSING", exit: 3 },
  { line: "status --network absent.json", code: "CONFIG_NETWORK_UNREADABLE", exit: 3 },
  { line: "status --network pw", code: "CONFIG_NETWORK_UNREADABLE", exit: 3 },
  { line: "status --network typo.json", code: "CHAIN_DEPLOYMENT_MALFORMED", exit: 3 },
  { line: "status --network closed.json", code: "CHAIN_RPC_UNREACHABLE", exit: 4 },
  { line: "node start --network closed.json --password-file pw", code: "CHAIN_RPC_UNREACHABLE", exit: 4 },
  { line: "node start --relay ftp://relay", code: "CLI_USAGE", exit: 2 },
  { line: "relay", code: "CLI_USAGE", exit: 2 },
  { line: "relay start --margin 0", code: "CLI_USAGE", exit: 2 },
  { line: "relay start --network closed.json --password-file pw", code: "CHAIN_RPC_UNREACHABLE", exit: 4 },
  { line: "data inspect unheard-of", code: "DATA_REFERENCE_UNKNOWN", exit: 2 },
  { line: "data inspect mnist:absent", code: "DATA_FOLDER_MISSING", exit: 10 },
  { line: "data inspect idx:.", code: "DATA_NOT_A_DATA_FOLDER", exit: 10 },
  { line: "model test absent.safetensors --data glyphs", code: "CLI_FILE_UNREADABLE", exit: 10 },
  { line: "model test truncated.safetensors --data glyphs", code: "ENGINE_SAFETENSORS_MALFORMED", exit: 10 },
  { line: "model test nan.safetensors --data glyphs", code: "ENGINE_NOT_FINITE", exit: 10 },
  {
    line: "model test good.safetensors --data glyphs --architecture few.json",
    code: "LEARNING_DATA_MISMATCH",
    exit: 10,
  },
  { line: "task create --data glyphs --model small.json --dry-run", code: "LEARNING_DATA_MISMATCH", exit: 10 },
  { line: "task create --data glyphs --model few.json --dry-run", code: "LEARNING_DATA_MISMATCH", exit: 10 },
  { line: "task create --data glyphs --model crooked.json --dry-run", code: "ENGINE_LAYER_SHAPE", exit: 10 },
  { line: "model test truncated.safetensors", code: "CLI_USAGE", exit: 2 },
  { line: "task create --data glyphs --model transformer:2 --dry-run", code: "CLI_USAGE", exit: 2 },
  { line: "task create --data glyphs --model crooked.yaml --dry-run", code: "ENGINE_LAYER_SHAPE", exit: 10 },
  { line: "train", code: "CLI_USAGE", exit: 2 },
  { line: "train --plan absent.yaml", code: "CLI_FILE_UNREADABLE", exit: 10 },
  { line: "train --plan broken.json", code: "CLI_FILE_UNREADABLE", exit: 10 },
  { line: "train --plan few.json", code: "CLI_PLAN_MALFORMED", exit: 10 },
  { line: "train --plan few.json --engine gpu", code: "CLI_USAGE", exit: 2 },
  { line: "eval --model absent.safetensors --data glyphs", code: "CLI_FILE_UNREADABLE", exit: 10 },
  { line: "eval --data glyphs", code: "CLI_USAGE", exit: 2 },
  { line: "model inspect truncated.safetensors", code: "INTERCHANGE_SAFETENSORS_MALFORMED", exit: 10 },
  { line: "model export good.safetensors --to onnx", code: "CLI_USAGE", exit: 2 },
  { line: "model import good.safetensors", code: "CLI_USAGE", exit: 2 },
];

describe("cairn", () => {
  for (const { line, code, exit, options = {} } of REFUSALS) {
    const streams = /^(?:node|relay start|train)\b/.test(line);
    it(`ends \`${line}\` with ${code} and exit ${exit} when it goes wrong`, async () => {
      const ran = await run(line, options);
      assert.equal(ran.code, exit, ran.stderr);
      assert.equal(ran.stdout, "", "nothing on stdout");
      assert.ok(ran.stderr.includes(`error[${code}] `), ran.stderr);
      assert.match(ran.stderr, /\nnext: \S/, "a next step");
      if (streams) return;
      const json = await run(`${line} --json`, options);
      assert.equal(json.code, exit);
      const { ok, error } = JSON.parse(json.stdout);
      assert.equal(ok, false);
      assert.deepEqual(Object.keys(error), ["code", "message", "next"]);
      assert.equal(error.code, code);
      assert.ok(json.stderr.includes(`error[${code}] `), "people are told too");
    });
  }

  it("prints one event for a stream that fails, and no envelope", async () => {
    const { stdout, code } = await machine.run(["watch", "1", "--network", "closed.json", "--json"]);
    assert.equal(code, 4);
    assert.equal(JSON.parse(stdout).event, "error");
  });

  it("breaks errors and the overview at words, within the terminal's width", async () => {
    const options = { isTTY: true, env: { NO_COLOR: "1" } };
    const { stderr } = await run(
      "status --network closed.json --network absent/with/a/path/that/is/rather/long",
      options,
    );
    const { stdout } = await run("", options);
    for (const text of [...stderr.split("\n"), ...stdout.split("\n")])
      assert.ok(text.length <= 80 || !text.trim().includes(" "), text);
  });

  it("names the key that is missing", async () => {
    assert.match(
      (await run("keys show absent")).stderr,
      /\nnext: cairn keys new absent {3}# .*\n {6}cairn keys list {9}# /,
    );
    assert.match((await run("keys list")).stderr, /cairn keys new default\n/);
  });

  it("explains itself and says the next step when it is called alone", async () => {
    const { stdout, stderr, code } = await run("");
    assert.equal(code, 0);
    assert.match(stdout, /next: cairn init/);
    assert.equal(stderr, "");
  });

  for (const words of [
    "",
    "init",
    "doctor",
    "keys",
    "keys new",
    "stake",
    "task create",
    "node start",
    "relay start",
    "watch",
    "model test",
    "model inspect",
    "model export",
    "model import",
    "train",
    "eval",
    "generate",
  ]) {
    it(`shows help of ${words === "" ? "everything" : words} within 80 columns, on stdout`, async () => {
      const ran = await run(`${words} --help`);
      assert.equal(ran.code, 0);
      assert.equal(ran.stderr, "");
      assert.match(ran.stdout, /\nUsage\n {2}cairn/);
      const wide = ran.stdout.split("\n").filter((text) => text.length > 80 && !text.includes("$ "));
      assert.deepEqual(wide, []);
      assert.equal((await run(`help ${words}`)).stdout, ran.stdout, "help COMMAND says the same");
    });
  }

  it("colours for a terminal only, and never against NO_COLOR or TERM=dumb", async () => {
    const colored = async (options: MemoryHostOptions, flags = ""): Promise<boolean> =>
      (await run(`errors HEX_LENGTH ${flags}`, options)).stdout.includes(ESCAPE);
    assert.equal(await colored({}), false, "no terminal");
    assert.equal(await colored({ isTTY: true }), true, "terminal");
    assert.equal(await colored({ isTTY: true, env: { NO_COLOR: "1" } }), false, "NO_COLOR");
    assert.equal(await colored({ isTTY: true, env: { TERM: "dumb" } }), false, "TERM");
    assert.equal(await colored({ isTTY: true }, "--no-color"), false, "--no-color");
    assert.equal(await colored({ env: { FORCE_COLOR: "1", NO_COLOR: "1" } }), true, "FORCE_COLOR wins");
    assert.equal(await colored({ isTTY: true, env: { FORCE_COLOR: "0" } }), false, "FORCE_COLOR=0");
  });

  it("draws no progress where stderr is no terminal", async () => {
    assert.equal((await run("data inspect glyphs")).stderr, "");
  });

  it("reads the architecture off a file of dense layers", async () => {
    const { data } = JSON.parse(
      (await run(`model test ${join(machine.home, "good.safetensors")} --data glyphs --json`)).stdout,
    );
    assert.equal(data.records, 2_000);
    assert.ok(Math.abs(data.accuracy - 0.1) < 0.001, "all logits equal: always the first class");
  });

  it("gives numbers, classes and root of a data set", async () => {
    const { data, command } = JSON.parse((await run("data inspect glyphs --json")).stdout);
    assert.equal(command, "data.inspect");
    assert.equal(data.manifest.recordCount, 10_000);
    assert.equal(data.classes.length, 10);
    assert.match(data.manifest.recordsRoot, /^0x[0-9a-f]{64}$/);
  });
});
