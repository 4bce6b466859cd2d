/**
 * Any picture as a record of the data set: ink found, cut out, sized and put where the data set has it. Pure.
 *
 * As MNIST was made: the digit's box is scaled to 20 pixels, its centre of mass to the middle of 28. Paper and ink may be
 * either way round; the paper is what most of the rim shows.
 */
import { SIZE } from "./strokes.ts";

/** One byte a pixel and channel, row-major, as a canvas gives them. */
export interface Rgba {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray | Uint8Array;
}

/** Pixels of the longer side of a digit. Source: LeCun et al. 1998; glyphs are 17 to 21 high. */
const BOX = 20;

/** Less than this part of the strongest ink is paper and noise. */
const INK_FLOOR = 0.25;

/** @returns shape `[28, 28]`, values 0 to 1, ink bright on dark; `undefined` when there is no ink. */
export function centreOnPaper(picture: Rgba): Float32Array | undefined {
  const { width, height } = picture;
  const ink = inkOf(picture);
  const box = boxOf(ink, width, height);
  if (box === undefined) return undefined;
  const scale = BOX / Math.max(box.width, box.height);
  const small = shrink(ink, { ...box, stride: width, scale });
  const strongest = small.values.reduce((most, value) => Math.max(most, value), 0);
  const [massX, massY] = centreOfMass(small);
  const out = new Float32Array(SIZE * SIZE);
  const [moveX, moveY] = [Math.round(SIZE / 2 - massX), Math.round(SIZE / 2 - massY)];
  for (let y = 0; y < small.height; y++) {
    for (let x = 0; x < small.width; x++) {
      const [toX, toY] = [x + moveX, y + moveY];
      if (toX < 0 || toX >= SIZE || toY < 0 || toY >= SIZE) continue;
      out[toY * SIZE + toX] = Math.round((255 * small.values[y * small.width + x]!) / strongest) / 255;
    }
  }
  return out;
}

/** Shape `[height, width]`: 0 on paper, 1 where a pixel is farthest from it. */
function inkOf({ width, height, data }: Rgba): Float32Array {
  const grey = new Float32Array(width * height);
  for (let i = 0; i < grey.length; i++) {
    const alpha = data[4 * i + 3]! / 255;
    const light = 0.299 * data[4 * i]! + 0.587 * data[4 * i + 1]! + 0.114 * data[4 * i + 2]!; // ITU-R BT.601
    grey[i] = alpha * light + (1 - alpha) * 255; // transparent is white paper
  }
  const paper = rimOf(grey, width, height);
  let farthest = 0;
  for (const value of grey) farthest = Math.max(farthest, Math.abs(value - paper));
  if (farthest < 8) return new Float32Array(grey.length); // one even colour: nothing is drawn
  return grey.map((value) => {
    const ink = Math.abs(value - paper) / farthest;
    return ink < INK_FLOOR ? 0 : ink;
  });
}

/** The middle grey of the picture's rim. */
function rimOf(grey: Float32Array, width: number, height: number): number {
  const rim: number[] = [];
  for (let x = 0; x < width; x++) rim.push(grey[x]!, grey[(height - 1) * width + x]!);
  for (let y = 0; y < height; y++) rim.push(grey[y * width]!, grey[y * width + width - 1]!);
  return rim.sort((a, b) => a - b)[rim.length >> 1]!;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function boxOf(ink: Float32Array, width: number, height: number): Box | undefined {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (ink[y * width + x]! === 0) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  return right < 0 ? undefined : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

interface Cut extends Box {
  readonly stride: number;
  readonly scale: number;
}

interface Small {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** Mean over the area that each small pixel covers; larger pictures lose nothing between the pixels. */
function shrink(ink: Float32Array, { left, top, width, height, stride, scale }: Cut): Small {
  const small = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  const values = new Float32Array(small.width * small.height);
  for (let y = 0; y < small.height; y++) {
    for (let x = 0; x < small.width; x++) {
      const fromX = (x * width) / small.width;
      const fromY = (y * height) / small.height;
      const [toX, toY] = [((x + 1) * width) / small.width, ((y + 1) * height) / small.height];
      values[y * small.width + x] = meanOver(ink, { left, top, stride }, [fromX, fromY, toX, toY]);
    }
  }
  return { ...small, values };
}

function meanOver(
  ink: Float32Array,
  { left, top, stride }: Pick<Cut, "left" | "top" | "stride">,
  [fromX, fromY, toX, toY]: readonly [number, number, number, number],
): number {
  let [sum, area] = [0, 0];
  for (let y = Math.floor(fromY); y < toY; y++) {
    const coverY = Math.min(y + 1, toY) - Math.max(y, fromY);
    for (let x = Math.floor(fromX); x < toX; x++) {
      const cover = coverY * (Math.min(x + 1, toX) - Math.max(x, fromX));
      sum += cover * ink[(top + y) * stride + left + x]!;
      area += cover;
    }
  }
  return sum / area;
}

/** In pixels; the first one's middle is at one half. */
function centreOfMass({ width, height, values }: Small): readonly [number, number] {
  let [mass, x, y] = [0, 0, 0];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const value = values[row * width + column]!;
      mass += value;
      x += value * (column + 0.5);
      y += value * (row + 0.5);
    }
  }
  return [x / mass, y / mass];
}
