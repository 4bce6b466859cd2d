import type { Metadata } from "next";
import { Suspense } from "react";
import { TryModel } from "./TryModel.tsx";

export const metadata: Metadata = { title: "Try a model" };

export default function TryPage() {
  return (
    <Suspense>
      <TryModel />
    </Suspense>
  );
}
