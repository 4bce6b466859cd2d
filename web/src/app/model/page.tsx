import type { Metadata } from "next";
import { Suspense } from "react";
import { Loading } from "../../components/States.tsx";
import { ModelPage } from "./ModelPage.tsx";

export const metadata: Metadata = { title: "Model" };

export default function Page() {
  return (
    <Suspense fallback={<Loading lines={8} wholePage />}>
      <ModelPage />
    </Suspense>
  );
}
