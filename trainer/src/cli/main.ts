/** Entry of the command `cairn`: runs it once in this process and ends the process with its exit code. */
import { enableCompileCache } from "node:module";

enableCompileCache(); // halves the start of every later run; a cache that cannot be written is simply not used

const { runCli } = await import("./cli.ts");
const { processHost } = await import("./host.ts");

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error; // the reader left, as `head` does: nobody wants the rest
  process.exit(0);
});

process.exitCode = await runCli(process.argv.slice(2), processHost());
// Sockets and timers that a library left open must not keep a finished command alive; what is printed goes out first.
process.stdout.write("", () => process.stderr.write("", () => process.exit()));
