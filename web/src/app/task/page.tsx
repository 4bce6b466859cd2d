import type { Metadata } from "next";
import { Suspense } from "react";
import { Loading } from "../../components/States.tsx";
import { TaskPage } from "./TaskPage.tsx";

export const metadata: Metadata = { title: "Task" };

export default function Page() {
  return (
    <Suspense fallback={<Loading lines={6} wholePage />}>
      <TaskPage />
    </Suspense>
  );
}
