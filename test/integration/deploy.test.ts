/** `npm run deploy` against a chain of its own, as an operator runs it: processes, files, and a signal in the middle. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import CairnHandoverModule from "../../ignition/modules/CairnHandover.ts";
import { openRpc, type Rpc } from "../../scripts/deploy/jsonRpc.ts";
import type { StandardInput, VerifiableContract } from "../../scripts/deploy/sources.ts";
import { createSupervisor, type Supervisor } from "../../scripts/start/process/supervisor.ts";
import { startLocalChain } from "../../scripts/start/steps/localChain.ts";
import { parseDeployment } from "../../trainer/src/chain/deployment.ts";
import { encryptKeystore, SCRYPT_FAST_N } from "../../trainer/src/cli/keystore/keystoreV3.ts";

const ROOT = dirname(dirname(import.meta.dirname));
/** A wallet with several owners, or a timelock: any address will do. */
const ADMIN = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const PASSWORD = "not a secret";
const STEPS = [CairnHandoverModule, ...CairnHandoverModule.submodules].flatMap(({ futures }) => [...futures]);
/** That deploy, wire and hand over. */
const TRANSACTIONS = STEPS.length;
const DEPLOYED = STEPS.filter(({ type }) => type.endsWith("_DEPLOYMENT")).length;

describe("npm run deploy", () => {
  const stopping = new AbortController();
  let [folder, rpcUrl, keystore, deployer] = ["", "", "", ""];
  let [supervisor, rpc]: [Supervisor?, Rpc?] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "cairn-deploy-"));
    supervisor = createSupervisor();
    ({ rpcUrl } = await startLocalChain(supervisor, { logFile: join(folder, "chain.log"), signal: stopping.signal }));
    rpc = openRpc(rpcUrl, { signal: stopping.signal });
    const key = generatePrivateKey();
    deployer = privateKeyToAccount(key).address;
    const file = await encryptKeystore(Buffer.from(key.slice(2), "hex"), PASSWORD, {
      address: deployer,
      n: SCRYPT_FAST_N,
    });
    keystore = join(folder, "deployer.json");
    await writeFile(keystore, JSON.stringify(file));
    await writeFile(join(folder, "password"), `${PASSWORD}\n`);
  });

  after(async () => {
    stopping.abort();
    await supervisor?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const start = (name: string, ...more: readonly string[]): ChildProcess => {
    const common = [
      "--rpc",
      rpcUrl,
      "--out",
      join(folder, `${name}.json`),
      "--journal",
      join(folder, name),
      "--admin",
      ADMIN,
    ];
    const args = [
      "scripts/deploy/main.ts",
      ...(more.includes("--network") ? [] : ["--network", "local"]),
      ...common,
      ...more,
    ];
    return spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  };
  const nonceOf = async (address: string): Promise<number> =>
    Number(await rpc!.request({ method: "eth_getTransactionCount", params: [address, "latest"] }));
  const signedHere = (): readonly string[] => ["--keystore", keystore, "--password-file", join(folder, "password")];

  it("sends nothing when the deployer can't pay for all of it", async () => {
    const { code, talk } = await ended(start("poor", ...signedHere(), "--yes"));
    assert.equal(code, 6, talk);
    assert.match(talk, /error\[DEPLOY_BALANCE_TOO_LOW\]/);
    assert.equal(await nonceOf(deployer), 0);
  });

  it("sends nothing to a chain that is not the network's", async () => {
    const { code, talk } = await ended(start("wrong", "--network", "sepolia", ...signedHere(), "--yes"));
    assert.equal(code, 5, talk);
    assert.match(talk, /the RPC is of chain 31337, and Sepolia is chain 11155111/);
  });

  it("asks before it sends, and takes no answer for a no", async () => {
    await rpc!.request({ method: "hardhat_setBalance", params: [deployer, "0xde0b6b3a7640000"] });
    const { code, talk } = await ended(start("unasked", ...signedHere()));
    assert.equal(code, 2, talk);
    assert.match(talk, /Cost at most, at .+ ether[\s\S]+Balance: 1\.0 ether[\s\S]+error\[DEPLOY_NOT_CONFIRMED\]/);
    assert.equal(await nonceOf(deployer), 0);
  });

  it("goes on where it was interrupted, hands the roles over, and leaves a record that nodes read", async () => {
    const first = start("kept", ...signedHere(), "--yes");
    first.stderr?.on("data", (chunk: Buffer) => {
      if (`${chunk}`.includes("sent Cairn#")) first.kill("SIGINT");
    });
    const broken = await ended(first);
    assert.equal(broken.code, 130, broken.talk);
    assert.match(broken.talk, /error\[DEPLOY_INTERRUPTED\]/);

    const whole = await ended(start("kept", ...signedHere(), "--yes"));
    assert.equal(whole.code, 0, whole.talk);
    assert.match(whole.talk, /An earlier run goes on/);
    assert.doesNotMatch(whole.talk, /✖/);
    assert.match(whole.talk, new RegExp(`NodeRegistry.DEFAULT_ADMIN_ROLE is held by ${ADMIN} alone`));
    assert.equal(await nonceOf(deployer), TRANSACTIONS, "each transaction once");

    const record = parseDeployment(JSON.parse(await readFile(join(folder, "kept.json"), "utf8")));
    assert.deepEqual(JSON.parse(whole.result), record);
    const code: string = await rpc!.request({ method: "eth_getCode", params: [record.contracts.flContract, "latest"] });
    assert.ok(code.length > 1_000, "FLContract has code");

    const again = await ended(start("kept", ...signedHere(), "--yes"));
    assert.equal(again.code, 0, again.talk);
    assert.match(again.talk, /Everything stands on a local chain already; nothing is sent/);
    assert.deepEqual(JSON.parse(again.result), record);
  });

  it("finds a transaction whose sending was never answered, and doesn't send it again", async () => {
    using door = await openDoor(rpcUrl, { method: "eth_sendRawTransaction", from: 2, isDone: true });
    const before = await nonceOf(deployer);
    const broken = await ended(start("lost", "--rpc", door.url, ...signedHere(), "--yes"));
    assert.notEqual(broken.code, 0, broken.talk);
    assert.equal((await nonceOf(deployer)) - before, 2, "the second was sent all the same");

    const whole = await ended(start("lost", ...signedHere(), "--yes"));
    assert.equal(whole.code, 0, whole.talk);
    assert.equal((await nonceOf(deployer)) - before, TRANSACTIONS, "each transaction once");
  });

  it("asks a wallet again for what it refused", async () => {
    const from = privateKeyToAccount("0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a").address;
    using door = await openDoor(rpcUrl, { method: "eth_sendTransaction", from: 2, isDone: false });
    const refused = await ended(start("refused", "--signer", door.url, "--from", from, "--yes"));
    assert.equal(refused.code, 3, refused.talk);
    assert.match(refused.talk, /error\[DEPLOY_SIGNER_REFUSED\]/);
    const whole = await ended(start("refused", "--signer", rpcUrl, "--from", from, "--yes"));
    assert.equal(whole.code, 0, whole.talk);
    assert.equal(await nonceOf(from), TRANSACTIONS, "each transaction once");
  });

  it("writes sources that compile to the code that was sent", async () => {
    const sources = join(folder, "local", "sources");
    const contracts = JSON.parse(await readFile(join(sources, "contracts.json"), "utf8")) as VerifiableContract[];
    assert.equal(contracts.length, DEPLOYED, "every contract and every library");
    for (const name of ["FLContract", "DataRegistry"]) {
      const contract = contracts.find((each) => each.name === name)!;
      const input = JSON.parse(await readFile(join(sources, contract.inputFile), "utf8")) as StandardInput;
      assert.deepEqual(
        Object.keys(input.sources).filter((file) => /test|mocks/.test(file)),
        [],
      );
      const code = compile(input, contract) + contract.constructorArguments;
      const params = [contract.creationTransactionHash];
      const sent: { input: string } = await rpc!.request({ method: "eth_getTransactionByHash", params });
      assert.equal(sent.input, `0x${code}`, `${name}'s creation code`);
    }
  });

  it("lets a wallet that holds the key sign and send", async () => {
    const accounts: string[] = await rpc!.request({ method: "eth_accounts" });
    const unnamed = await ended(start("wallet", "--signer", rpcUrl, "--yes"));
    assert.match(unnamed.talk, /error\[DEPLOY_SIGNER_LACKS\]/);
    const from = privateKeyToAccount("0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d").address;
    assert.equal(accounts[1]?.toLowerCase(), from.toLowerCase());
    const { code, talk, result } = await ended(start("wallet", "--signer", rpcUrl, "--from", from, "--yes"));
    assert.equal(code, 0, talk);
    assert.match(
      talk,
      /administrator {3}0x7099\S+ \(the deployer keeps the role\)/,
      "the account is the administrator",
    );
    parseDeployment(JSON.parse(result));
  });
});

/** The chain behind a door: from the `from`-th time on, `method` is refused, or done and its answer lost. */
async function openDoor(target: string, { method, from, isDone }: { method: string; from: number; isDone: boolean }) {
  let seen = 0;
  const server = createServer((request, response) => {
    (async () => {
      const body = await text(request);
      const { id, method: asked } = JSON.parse(body) as { id: number; method: string };
      const isShut = asked === method && ++seen >= from;
      const headers = { "content-type": "application/json" };
      if (isShut && !isDone) {
        return response.end(JSON.stringify({ jsonrpc: "2.0", id, error: { code: 4001, message: "User rejected" } }));
      }
      const answer = await (await fetch(target, { method: "POST", headers, body })).text();
      return isShut ? response.destroy() : response.end(answer);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}`, [Symbol.dispose]: () => void server.close() };
}

async function ended(child: ChildProcess): Promise<{ code: number | null; talk: string; result: string }> {
  let [talk, result] = ["", ""];
  child.stderr?.on("data", (chunk: Buffer) => (talk += chunk));
  child.stdout?.on("data", (chunk: Buffer) => (result += chunk));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, talk, result };
}

/** @returns the creation code with its libraries' addresses, in hexadecimal. */
function compile(input: StandardInput, { identifier, libraries }: VerifiableContract): string {
  const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string };
  const settings = { ...input.settings, outputSelection: { "*": { "*": ["evm.bytecode"] } } };
  const [file, name] = identifier.split(":") as [string, string];
  const { contracts } = JSON.parse(solc.compile(JSON.stringify({ ...input, settings })));
  const { object, linkReferences } = contracts[file][name].evm.bytecode;
  let code: string = object;
  for (const [source, links] of Object.entries(linkReferences as Record<string, Record<string, { start: number }[]>>)) {
    for (const [library, places] of Object.entries(links)) {
      const address = libraries[source]![library]!.slice(2).toLowerCase();
      for (const { start } of places) code = code.slice(0, 2 * start) + address + code.slice(2 * start + 40);
    }
  }
  return code;
}
