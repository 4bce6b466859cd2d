"use client";
/** Opening a training task: a form and a file that say the same, what it costs and binds, and the steps to open it. */
import { escrowOf, type TaskParametersTerms, taskParameters } from "@cairn/trainer/cli/taskTerms";
import { useEffect, useMemo, useState } from "react";
import { PageHeading, Panel } from "../../../components/Panel.tsx";
import { Failure, Loading, Notice } from "../../../components/States.tsx";
import { useView } from "../../../index/useView.ts";
import { create as catalogue } from "../../../messages/create.ts";
import { useTexts } from "../../../messages/useTexts.ts";
import { CommandLine } from "./CommandLine.tsx";
import { taskTerms } from "./choices.ts";
import { FileEditor } from "./FileEditor.tsx";
import { OpenSteps } from "./OpenSteps.tsx";
import { Summary } from "./Summary.tsx";
import { TaskForm } from "./TaskForm.tsx";
import { DEFAULT_FILE, parseTaskFile, printTaskFile, type TaskFile } from "./taskFile.ts";
import { usePrepared } from "./usePrepared.ts";

type Limits = Parameters<typeof taskParameters>[1];

export function CreatePage() {
  const t = useTexts(catalogue);
  const [file, setFile] = useDraft();
  const limits = useView<Limits>({ contract: "flContract", functionName: "limits" });
  const isBuiltIn = file.data === undefined || file.data === "glyphs";
  const prepared = usePrepared(file, isBuiltIn);
  const terms = useMemo(() => readTerms(file, limits), [file, limits]);
  const failedKey = prepared.status === "failed" ? prepared.failure.key : undefined;
  const problem =
    "key" in terms ? terms : { key: failedKey, message: prepared.status === "failed" ? prepared.failure.message : "" };
  return (
    <>
      <PageHeading title={t.title} lead={t.lead} />
      <div className="grid items-start gap-6 lg:grid-cols-[3fr_2fr]">
        <div className="flex min-w-0 flex-col gap-6">
          <TaskForm file={file} onChange={setFile} problem={problem} />
          <Panel title={t.open} note={isBuiltIn ? t.openNote : undefined}>
            {!isBuiltIn ? (
              <Notice tone="info">{t.otherData}</Notice>
            ) : prepared.status === "working" || limits === undefined ? (
              <Loading lines={4} />
            ) : prepared.status === "failed" || !("parameters" in terms) ? (
              <Failure code={prepared.status === "failed" ? prepared.failure.code : undefined} title={t.cannotOpen}>
                {problem.key !== undefined && <strong>{problem.key}: </strong>}
                {problem.message}
              </Failure>
            ) : (
              <OpenSteps prepared={prepared.prepared} parameters={terms.parameters} escrowWei={terms.escrowWei} />
            )}
          </Panel>
          <CommandLine file={file} />
        </div>
        <div className="flex min-w-0 flex-col gap-6 lg:sticky lg:top-20">
          {"parameters" in terms && (
            <Summary
              parameters={terms.parameters}
              escrowWei={terms.escrowWei}
              prepared={prepared.status === "ready" ? prepared.prepared : undefined}
            />
          )}
          <FileEditor file={file} onChange={setFile} />
        </div>
      </div>
    </>
  );
}

type Terms =
  | { readonly parameters: TaskParametersTerms; readonly escrowWei: bigint }
  | { readonly key: string | undefined; readonly message: string };

function readTerms(file: TaskFile, limits: Limits | undefined): Terms {
  if (limits === undefined) return { key: undefined, message: "" };
  try {
    const parameters = taskParameters(taskTerms(file), limits);
    return { parameters, escrowWei: escrowOf(parameters) };
  } catch (error) {
    const { key } = error as { readonly key?: string };
    return { key, message: error instanceof Error ? error.message : String(error) };
  }
}

const DRAFT_KEY = "cairn.create";

/** The draft survives a reload; its seed is drawn once, so that the same form gives the same task. */
function useDraft(): readonly [TaskFile, (file: TaskFile) => void] {
  const [file, setFile] = useState<TaskFile>(DEFAULT_FILE);
  useEffect(() => {
    const [seed = 0] = crypto.getRandomValues(new Uint32Array(1));
    setFile(storedDraft() ?? { ...DEFAULT_FILE, seed });
  }, []);
  const change = (next: TaskFile) => {
    setFile(next);
    try {
      localStorage.setItem(DRAFT_KEY, printTaskFile(next));
    } catch {
      // Full or forbidden: the draft lasts as long as the page.
    }
  };
  return [file, change];
}

function storedDraft(): TaskFile | undefined {
  try {
    const parsed = parseTaskFile(localStorage.getItem(DRAFT_KEY) ?? "");
    return "file" in parsed ? parsed.file : undefined;
  } catch {
    return undefined;
  }
}
