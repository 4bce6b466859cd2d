"use client";
/** What a failure means and what to do, in the visitor's language. */
import { isRevertErrorName } from "@cairn/trainer/protocol/revert";
import { type RevertText, revertTexts } from "@cairn/trainer/protocol/revertTexts";
import { useCallback } from "react";
import { transactions as catalogue } from "../messages/transactions.ts";
import { useTexts } from "../messages/useTexts.ts";
import type { Failure } from "./activity.ts";

export function useFailureText(): (failure: Failure) => RevertText {
  const t = useTexts(catalogue);
  return useCallback(
    ({ code }) => {
      const own = t.failures as unknown as Readonly<Record<string, RevertText>>;
      if (Object.hasOwn(own, code)) return own[code]!;
      return isRevertErrorName(code) ? revertTexts[code] : own.WALLET_FAILED!;
    },
    [t],
  );
}
