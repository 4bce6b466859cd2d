/** The record of where the contracts stand: written by the deploy script, read by everybody. Pure. */
import { type Address, isAddress } from "viem";
import { CONTRACT_NAMES, type ContractName } from "../protocol/contractNames.ts";
import { ChainError } from "./chainError.ts";

export interface Deployment {
  readonly schema: "cairn/deployment/v1";
  readonly chainId: number;
  /** No event of ours is older. */
  readonly deployedAtBlock: number;
  readonly rpcUrl: string;
  readonly contracts: Readonly<Record<ContractName, Address>>;
}

/**
 * @returns the deployment that the parsed JSON `value` describes.
 * @throws {ChainError} `CHAIN_DEPLOYMENT_MALFORMED` naming the first field that is wrong
 */
export function parseDeployment(value: unknown): Deployment {
  const record = object(value, "$");
  if (record.schema !== "cairn/deployment/v1") throw malformed("$.schema", "is not cairn/deployment/v1");
  for (const field of ["chainId", "deployedAtBlock"]) {
    if (!Number.isSafeInteger(record[field]) || Number(record[field]) < 0) {
      throw malformed(`$.${field}`, "is not a whole number");
    }
  }
  if (typeof record.rpcUrl !== "string" || !URL.canParse(record.rpcUrl)) throw malformed("$.rpcUrl", "is not a URL");
  const contracts = object(record.contracts, "$.contracts");
  for (const name of CONTRACT_NAMES) {
    const address = contracts[name];
    if (typeof address !== "string" || !isAddress(address)) throw malformed(`$.contracts.${name}`, "is not an address");
  }
  return value as Deployment;
}

function object(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed(path, "is not an object");
  return value as Record<string, unknown>;
}

function malformed(path: string, problem: string): ChainError {
  return new ChainError({ code: "CHAIN_DEPLOYMENT_MALFORMED", path }, `the deployment record's ${path} ${problem}`);
}
