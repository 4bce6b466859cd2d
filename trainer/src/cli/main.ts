/** Entry of the command `cairn`: runs it once in this process and ends the process with its exit code. */
import { enableCompileCache } from "node:module";

enableCompileCache(); // halves the start of every later run; a cache that cannot be written is simply not used

const { runCli } = await import("./cli.ts");
const { processHost } = await import("./host.ts");

let readerLeft = false;
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  if (readerLeft) return;
  readerLeft = true; // as `head` does: nobody wants the rest, but a training or a stake must not be lost over it
  if (!process.emit("SIGINT")) process.exit(0);
});
process.stderr.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error; // nobody listens to the talk; the result is still wanted
});

process.exitCode = await runCli(process.argv.slice(2), processHost());
// Sockets and timers that a library left open must not keep a finished command alive; what is printed goes out first.
process.stdout.write("", () => process.stderr.write("", () => process.exit()));
