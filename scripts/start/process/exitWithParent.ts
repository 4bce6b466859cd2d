/**
 * Preloaded (`node --import`) into every process that the demo starts: ends it when its standard input closes.
 *
 * The parent holds the other end of that pipe, so even a parent that is killed outright leaves nothing behind. Must not
 * read anything that the program itself would want from standard input.
 */
import { isMainThread } from "node:worker_threads";

/** How long the program may take to end by itself. Unit: milliseconds. */
const GRACE_MS = 3_000;

if (isMainThread) {
  process.stdin.once("close", () => {
    setTimeout(() => process.exit(1), GRACE_MS).unref();
    process.kill(process.pid, "SIGTERM");
  });
  process.stdin.resume();
  (process.stdin as typeof process.stdin & { unref?: () => void }).unref?.(); // waiting for it keeps nobody alive
}
