import type { Metadata } from "next";
import { Suspense } from "react";
import { Loading } from "../../components/States.tsx";
import { TrainersPage } from "./TrainersPage.tsx";

export const metadata: Metadata = { title: "Trainers" };

export default function Page() {
  return (
    <Suspense fallback={<Loading lines={6} wholePage />}>
      <TrainersPage />
    </Suspense>
  );
}
