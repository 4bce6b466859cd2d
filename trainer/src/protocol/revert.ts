/**
 * What the contracts' errors mean, for people. Pure.
 *
 * The table is exhaustive over the error names in the generated ABI: a new Solidity error breaks the build here.
 */
import {
  type Abi,
  BaseError,
  type ContractErrorName,
  ContractFunctionRevertedError,
  decodeErrorResult,
  type Hex,
} from "viem";
import { ABIS } from "./generated/abi.ts";
import { type RevertText, revertTexts } from "./revertTexts.ts";

/** Every error of our contracts, their libraries and the parts of OpenZeppelin in them. */
export type RevertErrorName = ContractErrorName<(typeof ABIS)[keyof typeof ABIS]>;

export interface Revert {
  /** `undefined` when the revert carried no error that we know. */
  readonly name: RevertErrorName | undefined;
  readonly args: readonly unknown[];
}

/** All of them at once: a call to one contract may revert with the error of another that it calls. */
const ERRORS: Abi = Object.values(ABIS)
  .flatMap((abi) => [...abi] as Abi)
  .filter((entry) => entry.type === "error");

/** Every name, sorted, for a catalogue. */
export const revertErrorNames: readonly RevertErrorName[] = (Object.keys(revertTexts) as RevertErrorName[]).sort();

/** @returns the revert that `error`, thrown by viem, is about; `undefined` when it is not about a revert. */
export function decodeRevert(error: unknown): Revert | undefined {
  if (!(error instanceof BaseError)) return undefined;
  const revert = error.walk((e) => e instanceof ContractFunctionRevertedError);
  if (!(revert instanceof ContractFunctionRevertedError)) return undefined;
  return (
    decodeRevertData(revert.raw ?? "0x") ?? {
      name: undefined,
      args: revert.reason === undefined ? [] : [revert.reason],
    }
  );
}

/** @returns the error that the bytes of a revert encode; `undefined` when it is none of ours. */
export function decodeRevertData(data: Hex): Revert | undefined {
  try {
    const { errorName, args } = decodeErrorResult({ abi: ERRORS, data });
    if (!isRevertErrorName(errorName)) return undefined; // Error(string) and Panic(uint256), which viem knows by itself
    return { name: errorName, args: args ?? [] };
  } catch {
    return undefined; // no error has this selector
  }
}

/** @returns what happened, and what to do next. */
export function describeRevert(name: RevertErrorName): RevertText {
  return revertTexts[name];
}

export function isRevertErrorName(name: string): name is RevertErrorName {
  return Object.hasOwn(revertTexts, name);
}
