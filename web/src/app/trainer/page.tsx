import type { Metadata } from "next";
import { Suspense } from "react";
import { Loading } from "../../components/States.tsx";
import { TrainerPage } from "./TrainerPage.tsx";

export const metadata: Metadata = { title: "Trainer" };

export default function Page() {
  return (
    <Suspense fallback={<Loading lines={6} wholePage />}>
      <TrainerPage />
    </Suspense>
  );
}
