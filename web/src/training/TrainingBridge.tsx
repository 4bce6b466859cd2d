"use client";
/** Always mounted below the wallet: lends a running training the page's writes. Draws nothing. */
import { useEffect } from "react";
import { useTransactions } from "../transactions/TransactionsProvider.tsx";
import { useWallet } from "../wallet/useWallet.ts";
import { lend } from "./sendBridge.ts";

export function TrainingBridge() {
  const { activities, start } = useTransactions();
  const { address } = useWallet();
  useEffect(() => lend({ account: address, activities, start }), [address, activities, start]);
  return null;
}
