/** From a record's bytes to the numbers that training takes, as `recordLayout.ts` says. Pure; opens no file. */
import type { Records } from "../learning/records.ts";
import { codeBytes, type NumberColumn, type RecordLayout, type TableLayout, type TokenLayout } from "./recordLayout.ts";
import type { RecordSource } from "./recordSource.ts";
import { INPUT_OF_BYTE } from "./records.ts";

/** Writes one record's input and target to arrays of just their lengths. */
export type RecordDecoder = (record: Uint8Array, input: Float32Array, target: Float32Array) => void;

/** @param classes as in the manifest: of the target, or the size of the vocabulary. */
export function createDecoder(layout: RecordLayout, classes: number): RecordDecoder {
  switch (layout.kind) {
    case "images":
      return imageDecoder(codeBytes(classes));
    case "tokens":
      return tokenDecoder(layout, codeBytes(classes));
    case "table":
      return tableDecoder(layout, codeBytes(classes));
    default:
      return layout satisfies never;
  }
}

/** @returns where a record's class stands, or undefined where its target is no class. */
export function classOffset(layout: RecordLayout, recordBytes: number, classes: number): number | undefined {
  if (layout.kind === "images") return 0;
  if (layout.kind === "table" && layout.target.type === "class") return recordBytes - codeBytes(classes);
  return undefined;
}

/** @returns the code of `width` bytes, little-endian. */
export function readCode(bytes: Uint8Array, at: number, width: 1 | 2): number {
  return width === 1 ? bytes[at]! : bytes[at]! + 256 * bytes[at + 1]!;
}

function imageDecoder(labelBytes: 1 | 2): RecordDecoder {
  return (record, input, target) => {
    target[0] = readCode(record, 0, labelBytes);
    for (let i = 0; i < input.length; i++) input[i] = INPUT_OF_BYTE[record[labelBytes + i]!]!;
  };
}

function tokenDecoder({ length }: TokenLayout, tokenBytes: 1 | 2): RecordDecoder {
  return (record, input, target) => {
    for (let i = 0; i < length; i++) {
      input[i] = readCode(record, i * tokenBytes, tokenBytes);
      target[i] = readCode(record, (i + 1) * tokenBytes, tokenBytes);
    }
  };
}

/** Writes one field; returns how many bytes it took and how many numbers it gave. */
interface Field {
  readonly bytes: number;
  readonly numbers: number;
  write(record: Uint8Array, at: number, numbers: Float32Array): void;
}

function tableDecoder({ inputs, target }: TableLayout, classBytes: 1 | 2): RecordDecoder {
  const inputFields = inputs.map((input) =>
    input.type === "number" ? numberField(input) : oneHot(input.categories.length),
  );
  const targetFields = target.type === "class" ? [classField(classBytes)] : target.columns.map(numberField);
  const writeAll = (fields: readonly Field[], record: Uint8Array, from: number, numbers: Float32Array): number => {
    let at = from;
    let row = 0;
    for (const field of fields) {
      field.write(record, at, numbers.subarray(row, row + field.numbers));
      at += field.bytes;
      row += field.numbers;
    }
    return at;
  };
  return (record, input, numbers) => {
    writeAll(targetFields, record, writeAll(inputFields, record, 0, input), numbers);
  };
}

function numberField({ mean, deviation }: NumberColumn): Field {
  return {
    bytes: 4,
    numbers: 1,
    write(record, at, numbers) {
      const value = new DataView(record.buffer, record.byteOffset).getFloat32(at, true);
      // A difference and a quotient of binary32 numbers, rounded from binary64, are rounded as binary32 would.
      numbers[0] = Math.fround(value - mean) / deviation;
    },
  };
}

function oneHot(categories: number): Field {
  const width = codeBytes(categories);
  return {
    bytes: width,
    numbers: categories,
    write(record, at, numbers) {
      numbers.fill(0);
      numbers[readCode(record, at, width)] = 1;
    },
  };
}

function classField(width: 1 | 2): Field {
  return {
    bytes: width,
    numbers: 1,
    write(record, at, numbers) {
      numbers[0] = readCode(record, at, width);
    },
  };
}

export interface SourcedRecords {
  readonly source: RecordSource;
  readonly decode: RecordDecoder;
  /** Half-open range of record indices. */
  readonly range: readonly [from: number, to: number];
  readonly inputSize: number;
  readonly targetSize: number;
  readonly classes: number;
  /** How many tokens inputs name; 0 when they are values. */
  readonly vocabulary: number;
}

/**
 * @returns the records of a range, numbered from 0. `read` throws `RangeError` on an index outside, or on arrays too
 *   short for what is asked.
 */
export function createSourcedRecords(parts: SourcedRecords): Records {
  const { source, decode, range, inputSize, targetSize, classes, vocabulary } = parts;
  const count = range[1] - range[0];
  const record = new Uint8Array(source.recordBytes);
  return {
    count,
    inputSize,
    targetSize,
    classes,
    vocabulary,
    read(indices, inputs, targets): void {
      if (inputs.length < indices.length * inputSize || targets.length < indices.length * targetSize) {
        throw new RangeError(`no room for ${indices.length} records of ${inputSize} inputs and ${targetSize} targets`);
      }
      for (let row = 0; row < indices.length; row++) {
        const index = indices[row]!;
        if (!(index >= 0 && index < count)) throw new RangeError(`record ${index} of ${count}`);
        source.copy(range[0] + index, record);
        decode(
          record,
          inputs.subarray(row * inputSize, (row + 1) * inputSize),
          targets.subarray(row * targetSize, (row + 1) * targetSize),
        );
      }
    },
  };
}
