/**
 * Hands sources in to those who check them: Sourcify, and explorers that speak Etherscan's language (Blockscout does).
 *
 * Sourcify compiles with the libraries' places left open; the others want `settings.libraries`. Must not decide what the
 * sources are: sources.ts wrote them.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pause } from "../../trainer/src/chain/deadline.ts";
import type { VerifierName } from "./networks/networkPlan.ts";
import type { StandardInput, VerifiableContract } from "./sources.ts";

export interface Verifier {
  readonly name: VerifierName;
  readonly url: string;
  readonly chainId: number;
  /** Etherscan asks for one. */
  readonly apiKey?: string | undefined;
}

export interface VerifyOptions {
  /** Where sources.ts wrote to. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Between two questions whether it is done. Unit: milliseconds. @default 3_000 */
  readonly pollingMs?: number;
}

/** Unit: milliseconds. */
const ANSWER_LIMIT_MS = 60_000;
/** Compiling twenty files takes a service some seconds; queues can be long. Unit: milliseconds. */
const RESULT_LIMIT_MS = 5 * 60_000;

/** @returns `undefined` when the sources are accepted, now or before, else why they are not */
export async function verify(
  verifier: Verifier,
  contract: VerifiableContract,
  { folder, signal, pollingMs = 3_000 }: VerifyOptions,
): Promise<string | undefined> {
  const input = JSON.parse(await readFile(join(folder, contract.inputFile), "utf8")) as StandardInput;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(RESULT_LIMIT_MS)]);
  try {
    const poll = verifier.name === "sourcify" ? bySourcify : byExplorer;
    return await poll(verifier, contract, input, { signal: limit, pollingMs });
  } catch (error) {
    signal.throwIfAborted();
    return limit.aborted ? `no result within ${RESULT_LIMIT_MS / 60_000} minutes` : (error as Error).message;
  }
}

interface PollOptions {
  readonly signal: AbortSignal;
  readonly pollingMs: number;
}

/** @see https://docs.sourcify.dev/docs/api/, version 2 */
async function bySourcify(
  { url, chainId }: Verifier,
  contract: VerifiableContract,
  input: StandardInput,
  { signal, pollingMs }: PollOptions,
): Promise<string | undefined> {
  const known = await send(`${url}/v2/contract/${chainId}/${contract.address}`, {}, signal);
  if (known.match === "exact_match" || known.match === "match") return undefined;
  const job = {
    stdJsonInput: input,
    compilerVersion: contract.compilerVersion,
    contractIdentifier: contract.identifier,
    ...(contract.creationTransactionHash === "" ? {} : { creationTransactionHash: contract.creationTransactionHash }),
  };
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify(job);
  const handedIn = await send(
    `${url}/v2/verify/${chainId}/${contract.address}`,
    { method: "POST", headers, body },
    signal,
  );
  if (typeof handedIn.verificationId !== "string") return String(handedIn.message ?? "not accepted");
  for (;;) {
    const state = await send(`${url}/v2/verify/${handedIn.verificationId}`, {}, signal);
    const { match } = (state.contract ?? {}) as { match?: string | null };
    if (state.isJobCompleted === true) {
      if (typeof match === "string") return undefined;
      return String((state.error as { message?: string } | undefined)?.message ?? "the sources give another code");
    }
    await pause(pollingMs, signal);
    signal.throwIfAborted();
  }
}

/** @see https://docs.etherscan.io/etherscan-v2/contract-verification */
async function byExplorer(
  { url, chainId, apiKey }: Verifier,
  contract: VerifiableContract,
  input: StandardInput,
  { signal, pollingMs }: PollOptions,
): Promise<string | undefined> {
  const common = { chainid: `${chainId}`, module: "contract", ...(apiKey === undefined ? {} : { apikey: apiKey }) };
  const linkedInput = { ...input, settings: { ...input.settings, libraries: contract.libraries } };
  const body = new URLSearchParams({
    ...common,
    action: "verifysourcecode",
    codeformat: "solidity-standard-json-input",
    sourceCode: JSON.stringify(linkedInput),
    contractaddress: contract.address,
    contractname: contract.identifier,
    compilerversion: `v${contract.compilerVersion}`,
    constructorArguements: contract.constructorArguments, // the service's own spelling
  });
  // Parameters that choose the chain are read from the address, not from the body.
  const query = new URLSearchParams(common);
  const handedIn = await send(`${url}?${query}`, { method: "POST", body }, signal);
  if (isVerified(handedIn.result)) return undefined;
  if (handedIn.status !== "1") return String(handedIn.result ?? handedIn.message ?? "not accepted");
  for (;;) {
    const question = new URLSearchParams({ ...common, action: "checkverifystatus", guid: String(handedIn.result) });
    const state = await send(`${url}?${question}`, {}, signal);
    if (isVerified(state.result)) return undefined;
    if (!/pending|in progress|queue/i.test(String(state.result))) return String(state.result);
    await pause(pollingMs, signal);
    signal.throwIfAborted();
  }
}

function isVerified(result: unknown): boolean {
  return typeof result === "string" && /^pass|already verified/i.test(result);
}

async function send(url: string, init: RequestInit, signal: AbortSignal): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    ...init,
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_LIMIT_MS)]),
  });
  const text = await response.text();
  if (!text.startsWith("{")) throw new Error(`${new URL(url).host} answered HTTP ${response.status} without JSON`);
  return JSON.parse(text) as Record<string, unknown>;
}
