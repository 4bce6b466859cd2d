import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import type { VerifiableContract } from "./sources.ts";
import { verify } from "./verify.ts";

const INPUT = { language: "Solidity", sources: { "A.sol": { content: "" } }, settings: { evmVersion: "cancun" } };
const CONTRACT: VerifiableContract = {
  name: "A",
  address: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
  identifier: "project/A.sol:A",
  compilerVersion: "0.8.37+commit.f401782d",
  constructorArguments: "00ff",
  creationTransactionHash: `0x${"12".repeat(32)}`,
  libraries: { "L.sol": { L: `0x${"34".repeat(20)}` } },
  inputFile: "A.input.json",
};

/** A service that answers with what stands first in `answers`, and keeps what it was asked. */
describe("verify", () => {
  const asked: { url: string; body: string }[] = [];
  let answers: object[] = [];
  let [folder, url] = ["", ""];
  let server: Server;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "cairn-verify-"));
    await writeFile(join(folder, CONTRACT.inputFile), JSON.stringify(INPUT));
    server = createServer((request, response) => {
      text(request).then((body) => {
        asked.push({ url: request.url ?? "", body });
        response.end(JSON.stringify(answers.shift() ?? { message: "asked once too often" }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  });

  after(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const ask = (name: "sourcify" | "etherscan", ...given: object[]): Promise<string | undefined> => {
    asked.length = 0;
    answers = given;
    const verifier = { name, url, chainId: 11_155_111, ...(name === "etherscan" ? { apiKey: "KEY" } : {}) };
    return verify(verifier, CONTRACT, { folder, signal: new AbortController().signal, pollingMs: 1 });
  };

  it("hands the input to Sourcify as it is, and waits for the job", async () => {
    const done = { isJobCompleted: true, contract: { match: "exact_match" } };
    assert.equal(
      await ask("sourcify", { match: null }, { verificationId: "7" }, { isJobCompleted: false }, done),
      undefined,
    );
    assert.deepEqual(
      asked.map((each) => each.url),
      [
        `/v2/contract/11155111/${CONTRACT.address}`,
        `/v2/verify/11155111/${CONTRACT.address}`,
        "/v2/verify/7",
        "/v2/verify/7",
      ],
    );
    assert.deepEqual(JSON.parse(asked[1]!.body), {
      stdJsonInput: INPUT,
      compilerVersion: CONTRACT.compilerVersion,
      contractIdentifier: CONTRACT.identifier,
      creationTransactionHash: CONTRACT.creationTransactionHash,
    });
  });

  it("leaves alone what Sourcify knows", async () => {
    assert.equal(await ask("sourcify", { match: "exact_match" }), undefined);
    assert.equal(asked.length, 1);
  });

  it("says why Sourcify refuses", async () => {
    const failed = { isJobCompleted: true, contract: { match: null }, error: { message: "bytecodes differ" } };
    assert.equal(await ask("sourcify", {}, { verificationId: "7" }, failed), "bytecodes differ");
  });

  it("names libraries and arguments to an explorer, on the chain that is meant", async () => {
    const pending = { status: "0", result: "Pending in queue" };
    const passed = { status: "1", result: "Pass - Verified" };
    assert.equal(await ask("etherscan", { status: "1", result: "guid" }, pending, passed), undefined);
    assert.equal(asked[0]!.url, "/?chainid=11155111&module=contract&apikey=KEY");
    const form = new URLSearchParams(asked[0]!.body);
    assert.equal(form.get("compilerversion"), "v0.8.37+commit.f401782d");
    assert.equal(form.get("constructorArguements"), "00ff");
    const settings = { ...INPUT.settings, libraries: CONTRACT.libraries };
    assert.deepEqual(JSON.parse(form.get("sourceCode")!), { ...INPUT, settings });
    assert.equal(new URL(asked[1]!.url, url).searchParams.get("guid"), "guid");
  });

  it("takes an explorer's word that sources are known, and its no for a no", async () => {
    assert.equal(await ask("etherscan", { status: "0", result: "Contract source code already verified" }), undefined);
    const failed = { status: "0", result: "Fail - Unable to verify" };
    assert.equal(await ask("etherscan", { status: "1", result: "guid" }, failed), "Fail - Unable to verify");
  });
});
