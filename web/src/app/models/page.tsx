import type { Metadata } from "next";
import { ModelsPage } from "./ModelsPage.tsx";

export const metadata: Metadata = { title: "Models" };

export default function Page() {
  return <ModelsPage />;
}
