import type { Metadata } from "next";
import { Suspense } from "react";
import { Loading } from "../../components/States.tsx";
import { RoundPage } from "./RoundPage.tsx";

export const metadata: Metadata = { title: "Round" };

export default function Page() {
  return (
    <Suspense fallback={<Loading lines={6} wholePage />}>
      <RoundPage />
    </Suspense>
  );
}
