import type { Metadata } from "next";
import { StatusPage } from "./StatusPage.tsx";

export const metadata: Metadata = { title: "Status" };

export default function Page() {
  return <StatusPage />;
}
