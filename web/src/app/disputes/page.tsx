import type { Metadata } from "next";
import { DisputesPage } from "./DisputesPage.tsx";

export const metadata: Metadata = { title: "Disputes" };

export default function Page() {
  return <DisputesPage />;
}
