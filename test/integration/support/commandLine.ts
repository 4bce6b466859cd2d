/** The command line on a machine of its own, before a local chain with the contracts on it. Asserts only what it needs itself. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Deployment } from "../../../trainer/src/chain/deployment.ts";
import {
  createTestMachine,
  type MemoryHostOptions,
  type TestMachine,
} from "../../../trainer/src/cli/testing/memoryHost.ts";
import { type DeployedChain, openDeployedChain } from "./deployedChain.ts";

/** First account of Hardhat's published development mnemonic; it holds all CAIRN. */
export const OWNER_KEY = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

export interface CommandLine {
  readonly machine: TestMachine;
  readonly deployment: Deployment;
  /** Writes a file into the machine's home. */
  write(name: string, content: unknown): void;
  /** Runs one line as the owner unless it says otherwise. */
  cairn(line: string, options?: MemoryHostOptions): ReturnType<TestMachine["run"]>;
  /** Runs one line that has to succeed. @returns the data of its JSON */
  // biome-ignore lint/suspicious/noExplicitAny: what a command answers is looked at field by field
  dataOf(line: string): Promise<any>;
  close(): Promise<void>;
}

/** @param keys private keys to import besides the owner's, by the account's name. */
export async function openCommandLine(keys: Readonly<Record<string, string>> = {}): Promise<CommandLine> {
  const chain = await openDeployedChain();
  try {
    return await setUp(chain, keys);
  } catch (error) {
    await chain.stop();
    throw error;
  }
}

async function setUp(chain: DeployedChain, keys: Readonly<Record<string, string>>): Promise<CommandLine> {
  const { deployment } = chain;
  const machine = createTestMachine();
  const write = (name: string, content: unknown): void =>
    writeFileSync(join(machine.home, name), JSON.stringify(content));
  const cairn = (line: string, options: MemoryHostOptions = {}) => {
    const env = { CAIRN_NETWORK: "local.json", CAIRN_ACCOUNT: "owner", CAIRN_PASSWORD_FILE: "pw", ...options.env };
    return machine.run(line.split(" "), { ...options, env });
  };
  write("local.json", deployment);
  writeFileSync(join(machine.home, "pw"), "secret\n");
  for (const [name, key] of Object.entries({ owner: OWNER_KEY, ...keys })) {
    const made = await cairn(`keys import ${name} --key-stdin --fast-scrypt`, { stdin: key });
    assert.equal(made.code, 0, made.stderr);
  }
  return {
    ...{ machine, deployment, write, cairn },
    async dataOf(line) {
      const { code, stdout, stderr } = await cairn(`${line} --json`);
      assert.equal(code, 0, stderr);
      return JSON.parse(stdout).data;
    },
    async close() {
      machine.remove();
      await chain.stop();
    },
  };
}
