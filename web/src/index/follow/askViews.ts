/** Puts the questions of crossCheck.ts to the contracts, as of one block. */
import { decodeFunctionResult, encodeFunctionData, type Hex, isHex } from "viem";
import { compareAnswer, questionsAbout } from "../crossCheck.ts";
import type { PlacedAbi } from "../fold/placedAbis.ts";
import type { ChainState, CrossCheck, EventSource } from "../types.ts";
import { type Rpc, RpcError } from "./rpc.ts";

/** Unit: questions a turn. */
const QUESTIONS = 4;

/** Unit: mismatches shown. */
const MAX_MISMATCHES = 10;

export interface ViewAccess {
  readonly rpc: Rpc;
  readonly contracts: Readonly<Record<EventSource, PlacedAbi>>;
  readonly random: () => number;
}

/**
 * @returns `before` with what was compared now; `undefined` when the RPC cannot say how things stood at that block, or the
 *   chain has moved away from it.
 * @throws {RpcError} `CHAIN_RPC_UNREACHABLE`
 */
export async function askViews(
  state: ChainState,
  before: CrossCheck,
  { rpc, contracts, random }: ViewAccess,
  signal: AbortSignal,
): Promise<CrossCheck | undefined> {
  const block: Hex = `0x${state.blockNumber.toString(16)}`;
  let { compared } = before;
  const mismatches = [...before.mismatches];
  for (const question of questionsAbout(state, QUESTIONS, random)) {
    const { abi, address } = contracts[question.contract];
    const data = encodeFunctionData({ abi, functionName: question.functionName, args: [...question.args] });
    let answer: unknown;
    try {
      answer = await rpc.request("eth_call", [{ to: address, data }, block], signal);
    } catch (error) {
      if (error instanceof RpcError && error.detail.code === "CHAIN_RPC_REFUSED") return undefined; // no such old state
      throw error;
    }
    if (!isHex(answer)) return undefined;
    const view = decodeFunctionResult({ abi, functionName: question.functionName, data: answer });
    compared++;
    const mismatch = compareAnswer(question, view);
    const isKnown = mismatches.some(({ what }) => what === mismatch?.what);
    if (mismatch !== undefined && !isKnown && mismatches.length < MAX_MISMATCHES) mismatches.push(mismatch);
  }
  return { atBlock: state.blockNumber, compared, mismatches };
}
