import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { ConfigError, loadConfig, SETTINGS } from "./config.ts";
import type { Host } from "./host.ts";
import { createTestMachine, type TestMachine } from "./testing/memoryHost.ts";

let machine: TestMachine;

beforeEach(() => {
  machine = createTestMachine();
});
afterEach(() => machine.remove());

function hostWith(env: Record<string, string> = {}): Host {
  return { env, cwd: join(machine.home, "project"), home: machine.home } as unknown as Host;
}

function write(path: string, content: unknown): void {
  const file = join(machine.home, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
}

describe("loadConfig", () => {
  it("takes flag before variable before project before user before default, and says which", async () => {
    write(".config/cairn/config.json", { rpcUrl: "user", account: "user", ipfs: "user", network: "/n" });
    write("project/cairn.config.json", { rpcUrl: "project", account: "project", ipfs: "project" });
    const { settings, origins } = await loadConfig(hostWith({ CAIRN_RPC_URL: "env", CAIRN_ACCOUNT: "env" }), {
      account: "flag",
    });
    assert.equal(settings.account, "flag");
    assert.equal(settings.rpcUrl, "env");
    assert.equal(settings.ipfs, "project");
    assert.equal(settings.network, "/n");
    assert.equal(settings.dataDir, join(machine.home, ".local/state/cairn"));
    assert.deepEqual(origins, {
      account: "flag",
      rpcUrl: "CAIRN_RPC_URL",
      ipfs: join(machine.home, "project/cairn.config.json"),
      network: join(machine.home, ".config/cairn/config.json"),
      dataDir: "default",
    });
  });

  it("reads relative paths from the file that names them, and ~ as home", async () => {
    write("project/cairn.config.json", { network: "net/local.json", dataDir: "~/node", account: "keys/a.json" });
    const { settings } = await loadConfig(hostWith(), { passwordFile: "pw" });
    assert.equal(settings.network, join(machine.home, "project/net/local.json"));
    assert.equal(settings.dataDir, join(machine.home, "node"));
    assert.equal(settings.account, join(machine.home, "project/keys/a.json"));
    assert.equal(settings.passwordFile, join(machine.home, "project/pw"));
  });

  it("takes absolute XDG folders and ignores relative ones", async () => {
    const xdg = { XDG_CONFIG_HOME: join(machine.home, "c"), XDG_CACHE_HOME: "relative" };
    const { keystoreDir, cacheDir } = await loadConfig(hostWith(xdg), {});
    assert.equal(keystoreDir, join(machine.home, "c/cairn/keystore"));
    assert.equal(cacheDir, join(machine.home, ".cache/cairn"));
  });

  for (const [what, content, code] of [
    ["no JSON", "{", "CONFIG_MALFORMED"],
    ["no object", [], "CONFIG_MALFORMED"],
    ["a number for a text", { rpcUrl: 5 }, "CONFIG_MALFORMED"],
    ["an unknown key", { rpcURL: "x" }, "CONFIG_UNKNOWN_KEY"],
  ] as const) {
    it(`refuses a file with ${what}`, async () => {
      write("project/cairn.config.json", content);
      await assert.rejects(loadConfig(hostWith(), {}), (error) => error instanceof ConfigError && error.code === code);
    });
  }

  it("suggests the key that was meant", async () => {
    write("project/cairn.config.json", { rpcURL: "x" });
    await assert.rejects(loadConfig(hostWith(), {}), /rpcUrl\?/);
  });
});

describe("SETTINGS", () => {
  it("are the properties of the JSON schema", async () => {
    const schema = await import("./cairn.config.schema.json", { with: { type: "json" } });
    const properties = Object.keys(schema.default.properties).filter((key) => key !== "$schema");
    assert.deepEqual(properties.sort(), Object.keys(SETTINGS).sort());
  });
});
