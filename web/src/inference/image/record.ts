/** A picture as the input of a model of any image shape. Pure. */
import { centreOnPaper, type Rgba } from "./picture.ts";
import { SIZE } from "./strokes.ts";

/** Whether a model takes what people draw: one grey channel of the data set's size. */
export function takesDrawings(shape: readonly number[]): boolean {
  return shape.length === 3 && shape[0] === SIZE && shape[1] === SIZE && shape[2] === 1;
}

/** Whether a model takes images at all. */
export function takesImages(shape: readonly number[]): boolean {
  return shape.length === 3 && (shape[2] === 1 || shape[2] === 3);
}

/**
 * @param shape `[rows, columns, channels]` of the model's input.
 * @returns row-major values 0 to 1; `undefined` when the picture is of one even colour and the model wants ink.
 */
export function recordOf(picture: Rgba, shape: readonly number[]): Float32Array | undefined {
  if (takesDrawings(shape)) return centreOnPaper(picture);
  const [rows = 1, columns = 1, channels = 1] = shape;
  const record = new Float32Array(rows * columns * channels);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const mean = meanColour(picture, { row, column, rows, columns });
      const at = (row * columns + column) * channels;
      if (channels === 1) record[at] = (0.299 * mean[0] + 0.587 * mean[1] + 0.114 * mean[2]) / 255;
      else for (let channel = 0; channel < channels; channel++) record[at + channel] = mean[channel as 0 | 1 | 2] / 255;
    }
  }
  return record;
}

interface Cell {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

function meanColour({ width, height, data }: Rgba, cell: Cell): readonly [number, number, number] {
  const span = (at: number, of: number, length: number): readonly [number, number] => {
    const from = Math.min(length - 1, Math.floor((at * length) / of));
    return [from, Math.max(from + 1, Math.floor(((at + 1) * length) / of))];
  };
  const [top, bottom] = span(cell.row, cell.rows, height);
  const [left, right] = span(cell.column, cell.columns, width);
  const sum: [number, number, number] = [0, 0, 0];
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      for (const channel of [0, 1, 2] as const) sum[channel] += data[4 * (y * width + x) + channel]!;
    }
  }
  const count = (bottom - top) * (right - left);
  return [sum[0] / count, sum[1] / count, sum[2] / count];
}
