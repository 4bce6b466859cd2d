"use client";
/** The same task as a file: what is typed here changes the form, and what is typed there changes this. */
import { useEffect, useId, useRef, useState } from "react";
import { Button } from "../../../components/Button.tsx";
import { Copy } from "../../../components/Copy.tsx";
import { Icon } from "../../../components/Icon.tsx";
import { Panel } from "../../../components/Panel.tsx";
import { create as catalogue } from "../../../messages/create.ts";
import { useTexts } from "../../../messages/useTexts.ts";
import { type FileProblem, parseTaskFile, printTaskFile, type TaskFile } from "./taskFile.ts";

export interface FileEditorProps {
  readonly file: TaskFile;
  readonly onChange: (file: TaskFile) => void;
}

export function FileEditor({ file, onChange }: FileEditorProps) {
  const t = useTexts(catalogue);
  const id = useId();
  const printed = printTaskFile(file);
  const [text, setText] = useState(printed);
  const [problem, setProblem] = useState<FileProblem>();
  /** What the text spells; only a file of somebody else's making replaces what is being typed. */
  const own = useRef(file);
  useEffect(() => {
    if (own.current === file) return;
    own.current = file;
    setText(printed);
    setProblem(undefined);
  }, [file, printed]);

  const type = (next: string) => {
    setText(next);
    const parsed = parseTaskFile(next);
    setProblem("problem" in parsed ? parsed.problem : undefined);
    if (!("file" in parsed)) return;
    own.current = parsed.file;
    onChange(parsed.file);
  };
  const choose = async (chosen: File | undefined) => {
    if (chosen !== undefined && chosen.size <= 65_536) type(await chosen.text());
  };
  return (
    <Panel title={t.file} note={t.fileNote} aside={<Copy text={text} what={t.file} />}>
      <label htmlFor={id} className="sr-only">
        {t.file}
      </label>
      <textarea
        id={id}
        value={text}
        onChange={(event) => type(event.target.value)}
        rows={Math.min(26, text.split("\n").length + 1)}
        spellCheck={false}
        aria-invalid={problem !== undefined || undefined}
        aria-describedby={`${id}-problem`}
        className="w-full rounded-md border border-strong bg-surface p-3 font-mono text-[0.8rem] leading-5 aria-invalid:border-danger"
      />
      <p id={`${id}-problem`} role="status" className="min-h-5 text-sm text-danger">
        {problem !== undefined && (
          <>
            <Icon name="alert" className="size-3.5" /> {problemText(problem, t.problems)}
          </>
        )}
      </p>
      <div className="mt-2 flex flex-wrap gap-2">
        <Button size="small" icon="download" onClick={() => saveFile(text)}>
          {t.save}
        </Button>
        <label className="inline-flex min-h-8 cursor-pointer items-center rounded-md border border-strong px-2.5 text-sm font-medium focus-within:outline-2 focus-within:outline-accent hover:bg-sunken">
          {t.load}
          <input
            type="file"
            accept=".json,application/json"
            className="sr-only"
            onChange={(event) => void choose(event.target.files?.[0])}
          />
        </label>
      </div>
    </Panel>
  );
}

interface ProblemTexts {
  readonly notJson: (detail: string) => string;
  readonly notAnObject: string;
  readonly tooLong: string;
  readonly unknownKey: (key: string) => string;
  readonly wrongKind: (key: string, kind: "text" | "number" | "amount") => string;
}

function problemText(problem: FileProblem, t: ProblemTexts): string {
  switch (problem.code) {
    case "notJson":
      return t.notJson(problem.detail);
    case "unknownKey":
      return t.unknownKey(problem.key);
    case "wrongKind":
      return t.wrongKind(problem.key, problem.kind);
    default:
      return t[problem.code];
  }
}

function saveFile(text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = "task.json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
