/** What the token's events say. */
import type { cairnTokenAbi } from "@cairn/trainer/protocol/generated/abi";
import { zeroAddress } from "viem";
import { add } from "./draft.ts";
import { nothing, type Rules } from "./rule.ts";

export const tokenRules: Rules<typeof cairnTokenAbi> = {
  Transfer: ({ balances }, { from, to, value }) => {
    if (from !== zeroAddress) add(balances, from, -value);
    if (to !== zeroAddress) add(balances, to, value);
  },
  Approval: nothing, // `transferFrom` lowers an allowance without an event: it must be asked for
  DelegateChanged: nothing,
  DelegateVotesChanged: nothing,
  EIP712DomainChanged: nothing,
};
