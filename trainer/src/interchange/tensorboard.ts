/**
 * Writes TensorBoard event files: curves of numbers over steps. Opens no file and reads no clock.
 *
 * A file is a row of TFRecords, each one `Event` message; the first says `brain.Event:2`.
 *
 * @see https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
 * @see tensorflow/core/util/event.proto and tensorflow/core/framework/summary.proto for the field numbers
 */
import { crc32c } from "./crc32c.ts";
import { ProtoMessage } from "./protobuf.ts";

export interface EventFile {
  /**
   * Appends one point to each of the curves named.
   *
   * @param scalars by tag, for example `loss/train`.
   * @param at.step Range: 0 … 2^53 − 1.
   * @param at.wallTimeSeconds since 1970.
   */
  scalars(scalars: Readonly<Record<string, number>>, at: { step: number; wallTimeSeconds: number }): void;
  /** Appends a text, shown as Markdown, for example a run's plan. */
  text(tag: string, text: string, at: { step: number; wallTimeSeconds: number }): void;
}

const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 } as const;
const SUMMARY_VALUE = 1;
const VALUE = { tag: 1, simpleValue: 2, tensor: 8, metadata: 9 } as const;
const METADATA_PLUGIN = 1;
const PLUGIN_NAME = 1;
const TENSOR = { dtype: 1, shape: 2, stringValue: 8 } as const;
const SHAPE_DIMENSION = 2;
const DIMENSION_SIZE = 1;
const DT_STRING = 7;
const FILE_VERSION = "brain.Event:2";
/** Added to a rotated checksum, so that a file of checksums has none of itself. */
const MASK_DELTA = 0xa282ead8;

/**
 * @param writeBytes appends to the file; called once a record, in order.
 * @param options.wallTimeSeconds when the file begins, since 1970.
 * @returns a writer; the file's first record is written at once. Nothing to close.
 */
export function createEventFile(
  writeBytes: (bytes: Uint8Array) => void,
  { wallTimeSeconds }: { readonly wallTimeSeconds: number },
): EventFile {
  const append = (event: ProtoMessage): void => writeBytes(tfRecord(event.finish()));
  append(new ProtoMessage().double(EVENT.wallTime, wallTimeSeconds).text(EVENT.fileVersion, FILE_VERSION));
  const appendSummary = (summary: ProtoMessage, at: { step: number; wallTimeSeconds: number }): void => {
    const event = new ProtoMessage().double(EVENT.wallTime, at.wallTimeSeconds).integer(EVENT.step, at.step);
    append(event.message(EVENT.summary, summary));
  };
  return {
    scalars(scalars, at) {
      const summary = new ProtoMessage();
      for (const [tag, value] of Object.entries(scalars)) {
        summary.message(SUMMARY_VALUE, new ProtoMessage().text(VALUE.tag, tag).float(VALUE.simpleValue, value));
      }
      appendSummary(summary, at);
    },
    text: (tag, text, at) => appendSummary(new ProtoMessage().message(SUMMARY_VALUE, textValue(tag, text)), at),
  };
}

/** A string tensor of shape `[1]`, marked for the text plugin. */
function textValue(tag: string, text: string): ProtoMessage {
  const plugin = new ProtoMessage().text(PLUGIN_NAME, "text");
  const one = new ProtoMessage().integer(DIMENSION_SIZE, 1);
  const tensor = new ProtoMessage()
    .integer(TENSOR.dtype, DT_STRING)
    .message(TENSOR.shape, new ProtoMessage().message(SHAPE_DIMENSION, one))
    .text(TENSOR.stringValue, text);
  return new ProtoMessage()
    .text(VALUE.tag, tag)
    .message(VALUE.tensor, tensor)
    .message(VALUE.metadata, new ProtoMessage().message(METADATA_PLUGIN, plugin));
}

/**
 * @param wallTimeSeconds when the file begins, since 1970.
 * @param run letters, digits and `._-`; tells runs apart that begin in the same second.
 * @returns the name by which TensorBoard finds event files in a folder.
 */
export function eventFileName(wallTimeSeconds: number, run: string): string {
  return `events.out.tfevents.${Math.floor(wallTimeSeconds)}.${run}`;
}

/** @returns length, masked checksum of the length, data, masked checksum of the data. */
export function tfRecord(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + 4 + data.length + 4);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedChecksum(bytes.subarray(0, 8)), true);
  bytes.set(data, 12);
  view.setUint32(12 + data.length, maskedChecksum(data), true);
  return bytes;
}

function maskedChecksum(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0;
}
