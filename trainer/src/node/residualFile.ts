/** What a trainer's compressed updates lost so far, as a journal keeps it: raw binary32, little-endian. */
import { readdir } from "node:fs/promises";
import type { Hex } from "../protocol/hex.ts";
import { NodeError } from "./nodeError.ts";

export interface KeptResidual {
  /** The round whose update left it. */
  readonly round: number;
  readonly values: Float32Array;
  /** Whether the round with that seed on chain is the one. */
  isOf(seed: Hex): boolean;
}

/** How the file's name ends, after task, round and the beginning of the round's seed. */
export const RESIDUAL = "residual.f32";

export function encodeResidual(values: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => {
    view.setFloat32(4 * i, value, true);
  });
  return new Uint8Array(view.buffer);
}

/** @throws {NodeError} `NODE_JOURNAL_MALFORMED` */
export function decodeResidual(path: string, bytes: Uint8Array, elements: number): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isWhole = bytes.length === 4 * elements;
  const values = Float32Array.from({ length: isWhole ? elements : 0 }, (_, i) => view.getFloat32(4 * i, true));
  if (isWhole && values.every(Number.isFinite)) return values;
  throw new NodeError({ code: "NODE_JOURNAL_MALFORMED", path }, `${path} is not a record of this journal`);
}

/** @returns the newest of the task's residuals up to the round. */
export async function lastResidual(
  folder: string,
  taskId: bigint,
  upTo: number,
): Promise<(Pick<KeptResidual, "round" | "isOf"> & { readonly name: string }) | undefined> {
  let last: { readonly name: string; readonly round: number; readonly seed: string } | undefined;
  for (const name of await readdir(folder).catch(() => [])) {
    const [task, past, seed = "", ...rest] = name.split("-");
    const round = Number(past);
    if (task !== taskId.toString() || rest.join("-") !== RESIDUAL || round > upTo || round < (last?.round ?? 0))
      continue;
    last = { name, round, seed };
  }
  if (last === undefined) return undefined;
  const { seed, ...rest } = last;
  return { ...rest, isOf: (whole) => whole.slice(2).startsWith(seed) };
}
