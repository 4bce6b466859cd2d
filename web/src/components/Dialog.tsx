"use client";
/** A window over the page, in the middle or from the side. Its code comes when it is opened for the first time. */
import { lazy, type ReactNode, Suspense, useState } from "react";

const DialogWindow = lazy(() => import("./DialogWindow.tsx"));

export interface DialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  /** One sentence below the title. */
  readonly lead?: string;
  /** From the middle, or a drawer at the end of the line. @default "middle" */
  readonly from?: "middle" | "side";
  readonly children: ReactNode;
}

export function Dialog(props: DialogProps) {
  const [wanted, setWanted] = useState(props.open);
  if (props.open && !wanted) setWanted(true);
  if (!wanted) return null;
  return (
    <Suspense fallback={null}>
      <DialogWindow {...props} />
    </Suspense>
  );
}
