import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { parseDeployment } from "../../trainer/src/chain/deployment.ts";

const ROOT = dirname(dirname(import.meta.dirname));
const ADMIN = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

describe("npm run deploy -- --dry-run", () => {
  it("deploys Sepolia's plan without a network, checks it and writes what would be published", () => {
    const folder = mkdtempSync(join(tmpdir(), "cairn-dry-run-test-"));
    try {
      const out = join(folder, "sepolia.json");
      const args = ["--network", "sepolia", "--dry-run", "--admin", ADMIN, "--out", out];
      // Proxies that don't exist: whatever reached for the network would fail.
      const env = {
        ...process.env,
        HTTPS_PROXY: "http://127.0.0.1:9",
        HTTP_PROXY: "http://127.0.0.1:9",
        NO_COLOR: "1",
      };
      const run = spawnSync(process.execPath, ["scripts/deploy/main.ts", ...args], {
        cwd: ROOT,
        env,
        encoding: "utf8",
      });
      assert.equal(run.status, 0, run.stderr);
      const record = parseDeployment(JSON.parse(run.stdout));
      assert.equal(record.chainId, 11_155_111);
      assert.match(run.stderr, /Cairn#FLContract +[\d,]+ gas/);
      assert.match(run.stderr, /CairnHandover#leaveNodeRegistry/);
      assert.match(run.stderr, new RegExp(`NodeRegistry.DEFAULT_ADMIN_ROLE is held by ${ADMIN} alone`));
      assert.match(run.stderr, /✔ minSeedDelayBlocks is 128/);
      assert.doesNotMatch(run.stderr, /✖/);
      const published = join(folder, "sepolia-dry-run");
      assert.deepEqual(JSON.parse(readFileSync(join(published, "deployment.json"), "utf8")), record);
      const site = JSON.parse(readFileSync(join(published, "cairn.json"), "utf8"));
      assert.deepEqual(site.contracts, record.contracts);
      const sources: { name: string }[] = JSON.parse(readFileSync(join(published, "sources/contracts.json"), "utf8"));
      const names = sources.map(({ name }) => name);
      for (const name of ["FLContract", "NodeRegistry", "RoundClosing"]) assert.ok(names.includes(name), name);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
