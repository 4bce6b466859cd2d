import type { Metadata } from "next";
import { WalletPage } from "./WalletPage.tsx";

export const metadata: Metadata = { title: "Wallet" };

export default function Page() {
  return <WalletPage />;
}
