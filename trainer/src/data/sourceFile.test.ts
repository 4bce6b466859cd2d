import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, it } from "node:test";
import { bytesOf } from "./sourceFile.ts";
import { refuses } from "./testing/refusal.ts";
import { temporaryFolder } from "./testing/temporaryFolder.ts";

describe("bytesOf", () => {
  it("refuses devices and pipes, which may never end, and folders", {
    skip: process.platform === "win32",
  }, async (t) => {
    const folder = await temporaryFolder(t);
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    for (const file of ["/dev/zero", pipe, folder]) {
      await refuses(() => bytesOf(file).next(), { code: "DATA_FILE_UNREADABLE", file });
    }
  });
});
