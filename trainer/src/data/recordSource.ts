/** Where records come from, whatever holds them: numbered byte strings of one length. Knows no format. Pure. */

export interface RecordSource {
  readonly count: number;
  /** Length of every record. */
  readonly recordBytes: number;
  /**
   * Copies record `index` to the beginning of `into`; synchronous.
   *
   * @throws {RangeError} when there is no such record, or no room
   */
  copy(index: number, into: Uint8Array): void;
  /** Lets go of files; no record can be read afterwards. May be called again. */
  close(): void;
}

/** Throws on an index or a buffer that does not fit `source`: a bug of the caller. */
export function requireRecord(source: Pick<RecordSource, "count" | "recordBytes">, index: number, room: number): void {
  if (!Number.isSafeInteger(index) || index < 0 || index >= source.count) {
    throw new RangeError(`record ${index} of ${source.count}`);
  }
  if (room < source.recordBytes) throw new RangeError(`no room for a record of ${source.recordBytes} bytes`);
}
