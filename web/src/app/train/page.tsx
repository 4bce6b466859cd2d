import type { Metadata } from "next";
import { Suspense } from "react";
import { TrainPage } from "./TrainPage.tsx";

export const metadata: Metadata = { title: "Train here" };

export default function Page() {
  return (
    <Suspense>
      <TrainPage />
    </Suspense>
  );
}
