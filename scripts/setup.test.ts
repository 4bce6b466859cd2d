/** The set-up and the runner, on a made-up clone with a stand-in for npm: no network, nothing installed for real. */
import assert from "node:assert/strict";
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { plantTree } from "./checks/plantedTree.fixture.ts";

const NATIVE = `edr-${process.platform}-${process.arch}`;
const NODE = `node_modules/node/bin/${process.platform === "win32" ? "node.exe" : "node"}`;

const COPIED = [
  "scripts/setup.mjs",
  "scripts/run.mjs",
  "scripts/build-native.mjs",
  "trainer/src/compute/kernelSources.mjs",
];

/** What stands in a lock file, or in npm's record of what it installed. */
function lock(versions: Readonly<Record<string, string>>): string {
  const entries = Object.entries(versions).map(([name, version]) => [`node_modules/${name}`, { version }]);
  const packages = {
    "": {},
    trainer: {},
    "node_modules/@cairn/trainer": { link: true },
    ...Object.fromEntries(entries),
  };
  return JSON.stringify({
    packages: { ...packages, "node_modules/other-platform": { version: "1.0.0", optional: true } },
  });
}

/** A clone with `installed` packages (none when undefined), and a stand-in for npm that runs `npmScript`. */
function makeClone(installed: Readonly<Record<string, string>> | undefined, npmScript = "process.exit(1)"): string {
  const root = plantTree({
    "package.json": '{"type":"module","dependencies":{"node":"24.21.0"}}',
    "package-lock.json": lock({ hardhat: "3.0.0" }),
    "npm/npm-cli.js": npmScript,
    "npm/package.json": '{"type":"commonjs"}',
    "file.ts": "",
    ...(installed && { "node_modules/.package-lock.json": lock(installed) }),
  });
  for (const file of COPIED) cpSync(join(import.meta.dirname, "..", file), join(root, file));
  if (installed) layOutBinaries(root);
  return root;
}

function layOutBinaries(root: string): void {
  mkdirSync(join(root, "node_modules/@nomicfoundation", NATIVE), { recursive: true });
  mkdirSync(dirname(join(root, NODE)), { recursive: true });
  symlinkSync(process.execPath, join(root, NODE));
}

function environment(root: string): NodeJS.ProcessEnv {
  return { ...process.env, npm_execpath: join(root, "npm/npm-cli.js") };
}

function setUp(root: string, env: NodeJS.ProcessEnv = {}): { status: number | null; stderr: string } {
  const options = { env: { ...environment(root), ...env }, encoding: "utf8" } as const;
  const { status, stderr, stdout } = spawnSync(process.execPath, [join(root, "scripts/setup.mjs")], options);
  assert.equal(stdout, "", "stdout is not for talk");
  return { status, stderr };
}

describe("setup.mjs", () => {
  it("says and does nothing when the locked packages are there", () => {
    assert.deepEqual(setUp(makeClone({ hardhat: "3.0.0" })), { status: 0, stderr: "" });
  });

  const INSTALL_FAILED = /^Cairn: installing .*\nSETUP_INSTALL_FAILED: .*\nNext: .*\n$/;

  it("runs npm when nothing, another version or less is installed, and names the next step when npm fails", () => {
    for (const installed of [undefined, { hardhat: "2.0.0" }, {}]) {
      const { status, stderr } = setUp(makeClone(installed));
      assert.deepEqual([status, INSTALL_FAILED.test(stderr)], [1, true], stderr);
    }
  });

  it("does not believe npm that all is there: the native part may be missing", () => {
    const record = JSON.stringify(lock({ hardhat: "3.0.0" }));
    const fake = [
      "const { mkdirSync, writeFileSync } = require('node:fs');",
      "const root = process.argv.find((each) => each.startsWith('--prefix=')).slice(9);",
      `mkdirSync(root + '/node_modules/@nomicfoundation', { recursive: true });`,
      `mkdirSync(root + '/${dirname(NODE)}', { recursive: true });`,
      `writeFileSync(root + '/${NODE}', '');`,
      `writeFileSync(root + '/node_modules/.package-lock.json', ${record});`,
    ].join("\n");
    const { status, stderr } = setUp(makeClone(undefined, fake));
    assert.equal(status, 1);
    assert.match(
      stderr,
      /SETUP_INCOMPLETE: Hardhat's native part for \S+ is not installed\.\nNext: delete the folder node_modules/,
    );
  });

  it("gives npm a lock-file install of all kinds of packages, whatever the user's settings", () => {
    const root = makeClone(
      undefined,
      "require('node:fs').writeFileSync(__dirname + '/call', JSON.stringify([process.argv.slice(2), process.env]))",
    );
    const hostile = {
      NODE_ENV: "production",
      npm_config_omit: "dev",
      npm_config_ignore_scripts: "true",
      npm_config_global: "true",
    };
    setUp(root, { ...hostile, npm_config_registry: "http://127.0.0.1:1/", npm_config_cache: "/cache" });
    const [args, env] = JSON.parse(readFileSync(join(root, "npm/call"), "utf8")) as [string[], NodeJS.ProcessEnv];
    assert.deepEqual(args.slice(0, 2), ["ci", `--prefix=${root}`]);
    for (const flag of ["--include=dev", "--include=optional", "--ignore-scripts=false"])
      assert.ok(args.includes(flag), flag);
    for (const name of Object.keys(hostile)) assert.equal(env[name], undefined, name);
    assert.deepEqual([env.npm_config_registry, env.npm_config_cache], ["http://127.0.0.1:1/", "/cache"]);
  });
});

describe("build-native.mjs", () => {
  const RECORD = "trainer/native-build/record.json";

  /** A clone with a kernel, Node's headers, and a stand-in for a compiler that counts its calls. */
  function makeCompilingClone(script: string): { root: string; cc: string; calls(): number } {
    const root = makeClone({ hardhat: "3.0.0" });
    for (const folder of ["trainer/kernels/native", "node_modules/node-api-headers/include"])
      mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, "trainer/kernels/matmul.c"), "int product;");
    const cc = join(root, "cc");
    writeFileSync(cc, `#!/bin/sh\necho call >> ${root}/calls\n${script}\n`, { mode: 0o755 });
    const calls = (): number =>
      existsSync(`${root}/calls`) ? readFileSync(`${root}/calls`, "utf8").split("call").length - 1 : 0;
    return { root, cc, calls };
  }

  const WRITE_OUTPUT = 'while [ "$1" != "-o" ]; do shift; done; echo built > "$2"';
  const widths = process.arch === "x64" ? ["4", "8", "16"] : ["4"];
  const skip = process.platform === "win32" || !["x64", "arm64"].includes(process.arch);

  it("compiles once for every vector width, and again when a source changes", { skip }, () => {
    const { root, cc, calls } = makeCompilingClone(WRITE_OUTPUT);
    assert.match(setUp(root, { CAIRN_CC: cc }).stderr, /^Cairn: compiling its kernels .*\n$/);
    const { modules, problem } = JSON.parse(readFileSync(join(root, RECORD), "utf8"));
    assert.deepEqual([Object.keys(modules), problem], [widths, undefined]);
    for (const path of Object.values(modules)) assert.equal(readFileSync(path as string, "utf8"), "built\n");
    assert.deepEqual(setUp(root, { CAIRN_CC: cc }), { status: 0, stderr: "" });
    assert.equal(calls(), widths.length, "nothing has changed");
    writeFileSync(join(root, "trainer/kernels/matmul.c"), "int other;");
    setUp(root, { CAIRN_CC: cc });
    assert.equal(calls(), 2 * widths.length, "a source has changed");
  });

  it("writes down what a compiler that fails says, and does not try again", { skip }, () => {
    const { root, cc, calls } = makeCompilingClone("echo no such instruction >&2; exit 1");
    assert.equal(setUp(root, { CAIRN_CC: cc }).status, 0);
    const { modules, problem } = JSON.parse(readFileSync(join(root, RECORD), "utf8"));
    assert.deepEqual([modules, problem], [{}, "no such instruction"]);
    assert.deepEqual(setUp(root, { CAIRN_CC: cc }), { status: 0, stderr: "" });
    assert.equal(calls(), widths.length);
  });

  it("does without a compiler, and leaves it when CAIRN_NATIVE=0", { skip }, () => {
    const { root, cc, calls } = makeCompilingClone(WRITE_OUTPUT);
    assert.deepEqual(setUp(root, { CAIRN_CC: cc, CAIRN_NATIVE: "0" }), { status: 0, stderr: "" });
    assert.equal(calls(), 0);
    assert.deepEqual(setUp(root, { CAIRN_CC: join(root, "none") }), { status: 0, stderr: "" });
    assert.equal(JSON.parse(readFileSync(join(root, RECORD), "utf8")).problem, "no C compiler was found");
  });
});

describe("run.mjs", () => {
  function run(script: string, ...args: readonly string[]): ChildProcess {
    const root = makeClone({ hardhat: "3.0.0" });
    const options: SpawnOptions = { env: environment(root), stdio: ["ignore", "pipe", "inherit"] };
    return spawn(process.execPath, [join(root, "scripts/run.mjs"), "-e", script, "--", ...args], options);
  }

  async function endOf(child: ChildProcess): Promise<{ code: number | null; output: string }> {
    let output = "";
    child.stdout?.on("data", (chunk) => {
      output += chunk;
    });
    return new Promise((resolve) => child.on("close", (code) => resolve({ code, output })));
  }

  it("passes the arguments on and the exit status back", async () => {
    const script = "console.log(JSON.stringify(process.argv.slice(1))); process.exitCode = 7";
    const { code, output } = await endOf(run(script, "--rounds", "3", "a b", '"$HOME"'));
    assert.deepEqual([code, JSON.parse(output)], [7, ["--rounds", "3", "a b", '"$HOME"']]);
  });

  it("puts the pinned Node first on the path", async () => {
    const { output } = await endOf(run("console.log(process.env.PATH)"));
    assert.match(output, /^[^:;]+node_modules[\\/]node[\\/]bin[:;]/);
  });

  it("passes a signal on once, and waits for the child's own end", async () => {
    const script = `let count = 0;
      process.on("SIGTERM", () => { count++; setTimeout(() => process.exit(40 + count), 200); });
      process.on("SIGINT", () => console.log("interrupted"));
      setInterval(() => {}, 1000);
      console.log("ready");`;
    const child = run(script);
    const end = endOf(child);
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    child.kill("SIGTERM");
    child.kill("SIGTERM");
    assert.deepEqual(await end, { code: 41, output: "ready\n" });
  });

  it("gives a child that a signal ended the shell's exit status", async () => {
    const { code } = await endOf(run("process.kill(process.pid, 'SIGKILL')"));
    assert.equal(code, 137);
  });
});
