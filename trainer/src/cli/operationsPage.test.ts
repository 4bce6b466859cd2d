/** docs/operations.md and the Grafana board: every command is one, with its flags; every code and figure exists. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, describe, it } from "node:test";
import { metricsText } from "../node/monitor/metricsText.ts";
import { createNodeStatus, noteEvent } from "../node/monitor/nodeStatus.ts";
import { healthErrors } from "./catalogue/healthErrors.ts";
import { explain } from "./errorCatalogue.ts";
import { createTestMachine } from "./testing/memoryHost.ts";

const DOCS = new URL("../../../docs/", import.meta.url);
const page = readFileSync(new URL("operations.md", DOCS), "utf8");
const board = readFileSync(new URL("grafana-node.json", DOCS), "utf8");

const COMMAND = /^cairn ([^#\n]+)/gm;
const METRIC = /\b(?:cairn|process|nodejs)_[a-z_]+\b/g;

describe("docs/operations.md", () => {
  const machine = createTestMachine();
  after(() => machine.remove());
  const shell = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block]) => block).join("\n");
  const unit = /^ExecStart=\S+ \S+\/cairn\.mjs (.+)$/m.exec(page)?.[1];
  const commands = [...shell.matchAll(COMMAND)].map(([, line]) => line!.trim()).concat(unit ?? "no unit");

  it("tells people to type commands that there are, with flags that they have", async () => {
    assert.ok(commands.length > 12, `only ${commands.length} commands were found`);
    for (const line of new Set(commands)) {
      const words = line.split(" ");
      const end = words.findIndex((word) => !/^[a-z]+$/.test(word));
      const { code, stdout } = await machine.run([...(end === -1 ? words : words.slice(0, end)), "--help"]);
      assert.equal(code, 0, `cairn ${line}`);
      const [verb] = words.slice(0, 2).reverse();
      assert.ok(stdout.includes(verb!), `cairn ${line}: the help is ${verb}'s`);
      const all = stdout + (await machine.run(["--help"])).stdout;
      for (const flag of words.filter((word) => word.startsWith("--"))) {
        assert.ok(all.includes(flag), `cairn ${line}: there is no ${flag}`);
      }
    }
  });

  it("names every alarm, and no code that there is not", () => {
    const named = new Set([...page.matchAll(/`((?:HEALTH|NODE)_[A-Z_]+)`/g)].map(([, code]) => code!));
    for (const code of named) assert.ok(explain(code) !== undefined, `${code} is no code`);
    for (const code of Object.keys(healthErrors)) assert.ok(named.has(code), `${code} is not told of`);
  });

  it("and the board ask for figures that a node gives", () => {
    const given = new Set(metricsOfAll());
    const asked = [...(page + board).matchAll(METRIC)].map(([name]) => name);
    assert.ok(asked.length > 20, `only ${asked.length} figures were found`);
    assert.deepEqual(
      [...new Set(asked)].filter((name) => !given.has(name) && name !== "cairn_node"),
      [],
    );
  });
});

/** Every figure that there can be. */
function metricsOfAll(): string[] {
  const status = createNodeStatus(0);
  const where = { task: "1", round: 1 } as const;
  noteEvent(status, { event: "ready", address: "0x00", peerId: "p", multiaddrs: [], roles: ["trainer"] }, 0);
  noteEvent(status, { event: "phase", ...where, phase: "Commit", deadline: 1 }, 0);
  noteEvent(status, { event: "transaction", kind: "join", hash: "0x00", gasUsed: "1", status: "success" }, 0);
  noteEvent(status, { event: "error", code: "A", message: "" }, 0);
  noteEvent(status, { event: "warning", code: "B", message: "" }, 0);
  const chain = { atMs: 0, block: 1n, blockSeconds: 0, etherWei: 0n, gasPriceWei: 1n, cairnWei: 0n, stakeWei: 0n };
  const loopDelay = { p50: 0, p99: 0, max: 0 };
  const machine = {
    ...{ peers: 0, sentBytes: 0, receivedBytes: 0, diskFreeBytes: 0, rssBytes: 0, heapBytes: 0, cpuSeconds: 0 },
    loopDelay,
  };
  const endpoints = [{ host: "h", isUsed: true, setAside: undefined, failures: 0 }];
  const connection = { transactions: new Map([["sent", 1]] as const), endpoints };
  const text = metricsText({ status, chain, machine, connection, nowMs: 0 });
  return [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!);
}
