import type { Metadata } from "next";
import { Suspense } from "react";
import { Loading } from "../../components/States.tsx";
import { DisputePage } from "./DisputePage.tsx";

export const metadata: Metadata = { title: "Dispute" };

export default function Page() {
  return (
    <Suspense fallback={<Loading lines={6} wholePage />}>
      <DisputePage />
    </Suspense>
  );
}
