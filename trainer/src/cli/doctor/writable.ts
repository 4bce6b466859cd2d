/** Whether a folder can be written, asked without leaving anything behind. */
import { access, constants } from "node:fs/promises";
import { dirname } from "node:path";

/** A folder that is not there yet counts as writable when it could be made. */
export async function canWrite(path: string): Promise<boolean> {
  for (let folder = path; ; folder = dirname(folder)) {
    try {
      await access(folder, constants.W_OK);
      return true;
    } catch (error) {
      const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
      if (!missing || folder === dirname(folder)) return false;
    }
  }
}
