"use client";
/** Three ways to put something before the model: draw, take a sample, drop an image. */
import { useState } from "react";
import { Panel } from "../../components/Panel.tsx";
import { renderStrokes, type Stroke } from "../../inference/image/strokes.ts";
import type { ModelEngine } from "../../inference/modelEngine.ts";
import { tryModel as catalogue } from "../../messages/try.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { DrawPad } from "./DrawPad.tsx";
import { DropImage } from "./DropImage.tsx";
import { Samples } from "./Samples.tsx";

export interface InputPanelProps {
  readonly engine: ModelEngine;
  readonly shape: readonly number[];
  /** Whether the model takes what people draw. */
  readonly isDrawn: boolean;
  readonly names: readonly string[];
  readonly onRecord: (record: Float32Array | undefined) => void;
}

export function InputPanel({ engine, shape, isDrawn, names, onRecord }: InputPanelProps) {
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
  return (
    <Panel title={isDrawn ? t.draw.title : t.drop.title} note={isDrawn ? t.draw.hint : undefined}>
      <div className="flex flex-col gap-5">
        {isDrawn && (
          <>
            <DrawPad strokes={strokes} onChange={draw} />
            <Samples engine={engine} names={names} onChoose={show} />
          </>
        )}
        <DropImage shape={shape} isDrawn={isDrawn} onRecord={show} />
      </div>
    </Panel>
  );
}
