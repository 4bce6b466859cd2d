import type { Metadata } from "next";
import { CreatePage } from "./CreatePage.tsx";

export const metadata: Metadata = { title: "Open a task" };

export default function Page() {
  return <CreatePage />;
}
