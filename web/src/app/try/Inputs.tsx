"use client";
/** Three ways to put something before the model: draw, take a sample, drop an image. The answer stands after the first. */
import { type ReactNode, useState } from "react";
import { Panel } from "../../components/Panel.tsx";
import { renderStrokes, type Stroke } from "../../inference/image/strokes.ts";
import type { ModelEngine } from "../../inference/modelEngine.ts";
import { tryModel as catalogue } from "../../messages/try.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { DrawPad } from "./DrawPad.tsx";
import { DropImage } from "./DropImage.tsx";
import { Samples } from "./Samples.tsx";

export interface InputsProps {
  readonly engine: ModelEngine;
  readonly shape: readonly number[];
  /** Whether the model takes what people draw. */
  readonly isDrawn: boolean;
  readonly names: readonly string[];
  readonly onRecord: (record: Float32Array | undefined) => void;
  /** The answer. */
  readonly children: ReactNode;
}

export function Inputs({ engine, shape, isDrawn, names, onRecord, children }: InputsProps) {
  const t = useTexts(catalogue);
  const [strokes, setStrokes] = useState<readonly Stroke[]>([]);
  const draw = (next: readonly Stroke[]): void => {
    setStrokes(next);
    onRecord(next.length === 0 ? undefined : renderStrokes(next));
  };
  const show = (record: Float32Array | undefined): void => {
    setStrokes([]);
    onRecord(record);
  };
  const image = <DropImage shape={shape} isDrawn={isDrawn} onRecord={show} />;
  if (!isDrawn) {
    return (
      <>
        <Panel title={t.drop.title}>{image}</Panel>
        {children}
      </>
    );
  }
  return (
    <>
      <Panel title={t.draw.title} note={t.draw.hint}>
        <DrawPad strokes={strokes} onChange={draw} />
      </Panel>
      {children}
      <Panel title={t.others}>
        <div className="flex flex-col gap-5">
          <Samples engine={engine} names={names} onChoose={show} />
          {image}
        </div>
      </Panel>
    </>
  );
}
