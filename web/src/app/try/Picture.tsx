"use client";
/** A record as an image: every number a square, nothing smoothed. */
import { useEffect, useRef } from "react";

export interface PictureProps {
  /** Row-major, 0 to 1. */
  readonly values: ArrayLike<number>;
  /** `[rows, columns, channels]`. */
  readonly shape: readonly number[];
  /** Absent: decoration. */
  readonly label?: string | undefined;
  readonly className?: string;
}

export function Picture({ values, shape, label, className }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [rows = 1, columns = 1, channels = 1] = shape;
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const image = context.createImageData(columns, rows);
    for (let i = 0; i < rows * columns; i++) {
      for (let channel = 0; channel < 3; channel++) {
        image.data[4 * i + channel] = 255 * (values[i * channels + Math.min(channel, channels - 1)] ?? 0);
      }
      image.data[4 * i + 3] = 255;
    }
    context.putImageData(image, 0, 0);
  }, [values, rows, columns, channels]);
  const meaning = label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label };
  return (
    <canvas
      ref={canvas}
      width={columns}
      height={rows}
      {...meaning}
      className={`[image-rendering:pixelated] ${className ?? ""}`}
    />
  );
}
