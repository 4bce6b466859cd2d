/** Lists a folder that the user named. Node only; knows no format. */
import { readdir } from "node:fs/promises";
import { DataError } from "./dataError.ts";

/**
 * @returns the names in `folder`, in no order.
 * @throws {DataError} `DATA_FOLDER_MISSING` | `DATA_FILE_UNREADABLE`
 */
export async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (isAbsence(cause)) {
      throw new DataError({ code: "DATA_FOLDER_MISSING", folder }, `there is no folder ${folder}`, { cause });
    }
    throw unreadable(folder, cause);
  }
}

/** Whether nothing, or a file, is where the folder should be. */
function isAbsence(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

/** What is said of a file or folder that is there and cannot be read. */
export function unreadable(file: string, cause?: unknown): DataError {
  return new DataError({ code: "DATA_FILE_UNREADABLE", file }, `${file} cannot be read`, { cause });
}
