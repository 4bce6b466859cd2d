/** A folder for one test, gone when the test ends. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** @returns the path of a new empty folder. */
export async function temporaryFolder(test: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cairn-data-"));
  test.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
