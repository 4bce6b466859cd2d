import type { Metadata } from "next";
import { Suspense } from "react";
import { Loading } from "../../components/States.tsx";
import { TasksPage } from "./TasksPage.tsx";

export const metadata: Metadata = { title: "Tasks" };

export default function Page() {
  return (
    <Suspense fallback={<Loading lines={6} wholePage />}>
      <TasksPage />
    </Suspense>
  );
}
