"use client";
/** A sheet to draw on with pen, finger or mouse. Keeps strokes, not pixels; who can't draw takes a sample instead. */
import { type PointerEvent, useEffect, useRef } from "react";
import { Button } from "../../components/Button.tsx";
import type { Stroke } from "../../inference/image/strokes.ts";
import { tryModel as catalogue } from "../../messages/try.ts";
import { useTexts } from "../../messages/useTexts.ts";

export interface DrawPadProps {
  readonly strokes: readonly Stroke[];
  readonly onChange: (strokes: readonly Stroke[]) => void;
}

/** Unit of strokes: the sheet is so many wide and high, whatever its size on the screen. */
const SHEET = 280;
const PEN = 18;

/** A stroke of more points is cut: a hand makes some hundred. */
const MAX_POINTS = 4_000;

export function DrawPad({ strokes, onChange }: DrawPadProps) {
  const t = useTexts(catalogue);
  const canvas = useRef<HTMLCanvasElement>(null);
  const current = useRef<number[]>(undefined);

  useEffect(() => paint(canvas.current, strokes), [strokes]);

  const pointAt = ({ clientX, clientY }: { readonly clientX: number; readonly clientY: number }): readonly number[] => {
    const { left, top, width, height } = canvas.current!.getBoundingClientRect();
    return [((clientX - left) * SHEET) / width, ((clientY - top) * SHEET) / height];
  };
  const begin = (event: PointerEvent<HTMLCanvasElement>): void => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    current.current = [...pointAt(event)];
    paint(canvas.current, [...strokes, current.current]);
  };
  const go = (event: PointerEvent<HTMLCanvasElement>): void => {
    const stroke = current.current;
    if (stroke === undefined || stroke.length > MAX_POINTS) return;
    for (const each of event.nativeEvent.getCoalescedEvents?.() ?? [event.nativeEvent]) stroke.push(...pointAt(each));
    paint(canvas.current, [...strokes, stroke]);
  };
  const end = (): void => {
    const stroke = current.current;
    current.current = undefined;
    if (stroke !== undefined) onChange([...strokes, stroke]);
  };

  return (
    <div className="flex flex-col gap-2">
      <div className="relative mx-auto w-full max-w-[22rem]">
        <canvas
          ref={canvas}
          width={2 * SHEET}
          height={2 * SHEET}
          role="img"
          aria-label={t.draw.pad}
          onPointerDown={begin}
          onPointerMove={go}
          onPointerUp={end}
          onPointerCancel={end}
          className="block aspect-square w-full cursor-crosshair touch-none rounded-md border border-strong bg-white"
        />
        {strokes.length === 0 && (
          <span
            aria-hidden="true"
            className="pointer-events-none absolute inset-0 flex items-center justify-center text-lg text-neutral-500"
          >
            {t.draw.empty}
          </span>
        )}
      </div>
      <div className="flex flex-wrap justify-center gap-2">
        <Button size="small" inactive={strokes.length === 0} onClick={() => onChange(strokes.slice(0, -1))}>
          {t.draw.undo}
        </Button>
        <Button size="small" icon="cross" inactive={strokes.length === 0} onClick={() => onChange([])}>
          {t.draw.clear}
        </Button>
      </div>
    </div>
  );
}

/** Paper is white and ink dark in both themes, as on a sheet. */
function paint(canvas: HTMLCanvasElement | null, strokes: readonly Stroke[]): void {
  const context = canvas?.getContext("2d");
  if (!canvas || !context) return;
  context.setTransform(canvas.width / SHEET, 0, 0, canvas.height / SHEET, 0, 0);
  context.clearRect(0, 0, SHEET, SHEET);
  Object.assign(context, { lineWidth: PEN, lineCap: "round", lineJoin: "round", strokeStyle: "#1e1d1a" });
  for (const stroke of strokes) {
    context.beginPath();
    context.moveTo(stroke[0]!, stroke[1]!);
    for (let i = 0; i + 1 < stroke.length; i += 2) context.lineTo(stroke[i]!, stroke[i + 1]!);
    context.stroke();
  }
}
