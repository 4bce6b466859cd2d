"use client";
/** The same from the command line, which also knows other data. */
import { Copy } from "../../../components/Copy.tsx";
import { Panel } from "../../../components/Panel.tsx";
import { create as catalogue } from "../../../messages/create.ts";
import { useTexts } from "../../../messages/useTexts.ts";
import type { TaskFile } from "./taskFile.ts";

const COMMAND = "npx cairn task create --file task.json --serve";

export function CommandLine({ file }: { readonly file: TaskFile }) {
  const t = useTexts(catalogue);
  return (
    <Panel title={t.commandLine} note={t.commandLineNote(String(file.data ?? "glyphs"))}>
      <p className="flex items-start gap-1">
        <code className="min-w-0 flex-1 rounded bg-sunken px-2 py-1.5 text-sm break-words">{COMMAND}</code>
        <Copy text={COMMAND} what={t.command} />
      </p>
    </Panel>
  );
}
