"use client";
/** An image of the visitor's: chosen, dropped or pasted from a file. It never leaves the tab. */
import { type DragEvent, useId, useState } from "react";
import { classes } from "../../components/classes.ts";
import { Icon } from "../../components/Icon.tsx";
import { Notice } from "../../components/States.tsx";
import { InferError } from "../../inference/inferError.ts";
import { tryModel as catalogue } from "../../messages/try.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { failureText } from "./failureText.ts";

export interface DropImageProps {
  readonly shape: readonly number[];
  readonly isDrawn: boolean;
  readonly onRecord: (record: Float32Array) => void;
}

export function DropImage({ shape, isDrawn, onRecord }: DropImageProps) {
  const t = useTexts(catalogue);
  const id = useId();
  const [isOver, setOver] = useState(false);
  const [error, setError] = useState<unknown>();
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    setError(undefined);
    try {
      const [{ readImage }, { recordOf }] = await Promise.all([
        import("../../inference/image/readImage.ts"),
        import("../../inference/image/record.ts"),
      ]);
      const record = recordOf(await readImage(file), shape);
      if (record === undefined) throw new InferError({ code: "INFER_IMAGE_EMPTY" }, "one even colour");
      onRecord(record);
    } catch (problem) {
      setError(problem);
    }
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer.files[0]);
  };
  return (
    <section
      aria-labelledby={`${id}-title`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {isDrawn && (
        <h3 id={`${id}-title`} className="text-sm font-medium">
          {t.drop.title}
        </h3>
      )}
      <p className="mb-2 text-xs text-muted">{isDrawn ? t.drop.lead : t.drop.leadAny}</p>
      <label
        htmlFor={id}
        className={classes(
          "flex min-h-14 cursor-pointer items-center justify-center gap-2 rounded-md border border-dashed px-3 text-sm focus-within:outline-2 focus-within:outline-accent",
          isOver ? "border-accent bg-accent-soft" : "border-strong bg-surface hover:bg-sunken",
        )}
      >
        <Icon name="download" /> {isOver ? t.drop.here : t.drop.choose}
        <input
          id={id}
          type="file"
          accept="image/*"
          className="sr-only"
          onChange={(event) => {
            void take(event.target.files?.[0]);
            event.target.value = "";
          }}
        />
      </label>
      {error !== undefined && (
        <div role="alert" className="mt-2">
          <Notice tone="warning">{failureText(t.errors, error).text}</Notice>
        </div>
      )}
    </section>
  );
}
