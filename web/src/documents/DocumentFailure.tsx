"use client";
/** Why a document is not shown, in words. */
import { Failure } from "../components/States.tsx";
import { documents as catalogue } from "../messages/documents.ts";
import { useTexts } from "../messages/useTexts.ts";
import type { DocumentError } from "./documentError.ts";

export interface DocumentFailureProps {
  readonly error: DocumentError;
  readonly onRetry?: () => void;
}

export function DocumentFailure({ error, onRetry }: DocumentFailureProps) {
  const t = useTexts(catalogue);
  const { code } = error;
  return (
    <Failure code={code} title={t.titles[code]} details={JSON.stringify(error.detail)} onRetry={onRetry}>
      {t.texts[code]}
    </Failure>
  );
}
