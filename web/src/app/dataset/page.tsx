import type { Metadata } from "next";
import { Suspense } from "react";
import { Loading } from "../../components/States.tsx";
import { DatasetPage } from "./DatasetPage.tsx";

export const metadata: Metadata = { title: "Data set" };

export default function Page() {
  return (
    <Suspense fallback={<Loading lines={8} wholePage />}>
      <DatasetPage />
    </Suspense>
  );
}
