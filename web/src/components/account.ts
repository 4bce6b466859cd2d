"use client";
/** Who the visitor is, for pages that only mark or explain: the wallet's address, or nobody. */
import { createContext, useContext } from "react";
import type { Address } from "viem";

export const AccountContext = createContext<Address | undefined>(undefined);

export function useAccountAddress(): Address | undefined {
  return useContext(AccountContext);
}
