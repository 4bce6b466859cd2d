/** Records in memory, for tests of what lies above the files. */
import { type RecordSource, requireRecord } from "../recordSource.ts";

/** @param records all of one length. */
export function memoryRecords(records: readonly Uint8Array[]): RecordSource {
  const [{ length: recordBytes } = { length: 0 }] = records;
  const source = { count: records.length, recordBytes };
  return {
    ...source,
    copy(index, into) {
      requireRecord(source, index, into.length);
      into.set(records[index]!);
    },
    close: () => {},
  };
}
