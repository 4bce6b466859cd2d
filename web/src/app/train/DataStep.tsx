"use client";
/** Step 1: the task's records, built in or from the visitor's files. */
import { type DragEvent, useState } from "react";
import { Badge } from "../../components/Badge.tsx";
import { Button } from "../../components/Button.tsx";
import { classes } from "../../components/classes.ts";
import { formatNumber } from "../../components/format.ts";
import { Icon } from "../../components/Icon.tsx";
import { Panel } from "../../components/Panel.tsx";
import { Failure } from "../../components/States.tsx";
import { train as catalogue } from "../../messages/train.ts";
import { useLanguage, useTexts } from "../../messages/useTexts.ts";
import { codeOf, isCardFailure, trainFailure } from "./failure.ts";
import type { PreparationControl } from "./usePreparation.ts";

/** A plan's name for its data is a stranger's text. Unit: characters. */
const MAX_NAME = 60;

export function DataStep({ control }: { readonly control: PreparationControl }) {
  const t = useTexts(catalogue);
  const [language] = useLanguage();
  const { preparation, open, retry, device } = control;
  const { status } = preparation;
  const found = "found" in preparation ? preparation.found : undefined;
  const source = "source" in preparation ? preparation.source : undefined;
  const name = found?.plan.data.name.slice(0, MAX_NAME) ?? "";
  const isBuiltIn = source?.kind === "glyphs";
  const mayBeOwn = found?.mode === "Private";
  const isOwn = status === "ready" && preparation.readied.opened.isOwnData;
  const hasFailed = status === "failed" && !isCardFailure(codeOf(preparation.error), device.choice);
  return (
    <Panel
      title={t.steps.data}
      aside={
        status === "ready" && (
          <Badge tone="success" icon="check">
            {t.place.done}
          </Badge>
        )
      }
    >
      <div className="flex flex-col gap-3 text-sm">
        <p className="flex items-start gap-2">
          <Icon name="lock" className="mt-0.5 size-4 text-muted" /> {t.data.privacy}
        </p>
        {status === "finding" && <p aria-busy="true">{t.data.reading}</p>}
        {found !== undefined && <p>{isBuiltIn ? t.data.builtIn(name) : t.data.files(name)}</p>}
        {mayBeOwn && <p className="text-muted text-pretty">{t.data.mayBeOwn}</p>}
        {found !== undefined && (!isBuiltIn || mayBeOwn) && (
          <FileChoice
            count={source?.kind === "files" ? source.files.length : 0}
            onFiles={(files) => open({ kind: "files", files })}
          />
        )}
        {status === "opening" && <p aria-busy="true">{t.data.opening}</p>}
        {status === "ready" && (
          <p className="text-success">
            {isOwn ? t.data.own(formatNumber(preparation.readied.opened.records, language)) : t.data.right}
          </p>
        )}
        {hasFailed && (
          <Failure details={trainFailure(t.errors, preparation.error).details} onRetry={retry}>
            {trainFailure(t.errors, preparation.error).text}
          </Failure>
        )}
      </div>
    </Panel>
  );
}

interface FileChoiceProps {
  readonly count: number;
  readonly onFiles: (files: readonly File[]) => void;
}

function FileChoice({ count, onFiles }: FileChoiceProps) {
  const t = useTexts(catalogue);
  const [isOver, setOver] = useState(false);
  const take = (files: FileList | null): void => {
    if (files !== null && files.length > 0) onFiles([...files]);
  };
  const ask = (isFolder: boolean): void => {
    const input = Object.assign(document.createElement("input"), { type: "file", multiple: true });
    if (isFolder) input.setAttribute("webkitdirectory", "");
    input.onchange = () => take(input.files);
    input.click();
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  };
  return (
    <section
      aria-label={t.data.choose}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={classes(
        "flex flex-wrap items-center gap-3 rounded-md border border-dashed px-4 py-4",
        isOver ? "border-accent bg-accent-soft" : "border-strong",
      )}
    >
      <Button onClick={() => ask(false)}>{t.data.choose}</Button>
      <Button kind="quiet" onClick={() => ask(true)}>
        {t.data.folder}
      </Button>
      <span className="text-muted">{count === 0 ? t.data.drop : t.data.chosen(count)}</span>
    </section>
  );
}
