/** Machine and engine: Node, memory, disk, and whether this machine computes the canonical bits. */
import { statfs } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { dirname } from "node:path";
import { isTagged } from "../../protocol/errors.ts";
import { CliError } from "../cliError.ts";
import type { Context } from "../command.ts";
import { bytesText } from "../table.ts";
import { type Check, ok, warning } from "./check.ts";
import { CANONICAL_STATE, canonicalState } from "./engineProbe.ts";

/** Oldest Node whose type stripping and APIs we use. */
const NEEDED_NODE = [22, 12] as const;

/** Content, journals and a data set need some; a full disk can cost stake. Unit: bytes. */
const LOW_DISK_BYTES = 2 ** 30;

export function systemChecks({ config }: Context): Check[] {
  const group = "Machine";
  return [
    {
      group,
      name: "node",
      async run() {
        const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
        const isEnough = major > NEEDED_NODE[0] || (major === NEEDED_NODE[0] && minor >= NEEDED_NODE[1]);
        const text = `Node ${process.versions.node}, ${cpus().length} cores, ${bytesText(totalmem())}`;
        return isEnough ? ok(text) : warning(text, `use Node ${NEEDED_NODE.join(".")} or newer`);
      },
    },
    {
      group,
      name: "disk",
      async run() {
        const { settings } = await config();
        const { bavail, bsize } = await statfs(await nearestFolder(settings.dataDir));
        const free = bavail * bsize;
        const text = `${bytesText(free)} free`;
        return free > LOW_DISK_BYTES ? ok(text) : warning(text, "free some space: a node that cannot write stops");
      },
    },
    {
      group,
      name: "engine",
      async run() {
        const started = performance.now();
        const actual = await canonicalState();
        if (actual !== CANONICAL_STATE) {
          const detail = { code: "CLI_ENGINE_DIFFERS", actual, expected: CANONICAL_STATE } as const;
          throw new CliError(detail, "this machine computes other bits than everybody else");
        }
        return ok(`canonical bits, probed in ${Math.round(performance.now() - started)} ms`);
      },
    },
    {
      group,
      name: "speed",
      async run() {
        const { describeEngine } = await import("../../compute/createExecutor.ts");
        const { best, threads, problem } = describeEngine();
        const text = `${best}, ${threads} ${threads === 1 ? "thread" : "threads"}`;
        if (problem === undefined) return ok(text);
        const reason = problem.replace(/: npm run setup$/, "");
        const what = best.startsWith("native") ? "not the widest kernels" : "no native kernels";
        return warning(`${text}; ${what}: ${reason}`, "npm run setup   # builds them with a C compiler");
      },
    },
    {
      group,
      name: "graphics",
      async run() {
        const { listAdapters } = await import("../../compute/gpuAdapter.ts");
        try {
          const adapters = await listAdapters();
          const names = adapters.map(
            ({ index, name, isSoftware }) => `${index}: ${name}${isSoftware ? " (software)" : ""}`,
          );
          if (adapters.length === 0) return ok("no driver offers a graphics card");
          if (adapters[0]!.isSoftware)
            return ok(`${names.join("; ")}; computed on the processor, so slower than the engine`);
          const { tryDevices } = await import("./deviceTrial.ts");
          const { processor, card } = await tryDevices();
          const rate = (value: number): string => `${Math.round(value).toLocaleString("en")} examples/s`;
          return ok(
            `${names.join("; ")}; LeNet-5: ${rate(card)}, the engine ${rate(processor)}; for Private tasks: --device gpu`,
          );
        } catch (error) {
          if (!isTagged(error)) throw error;
          return ok(`none used: ${error.message}`);
        }
      },
    },
  ];
}

/** The data folder may not be there yet: its disk is that of the nearest folder above. */
async function nearestFolder(path: string): Promise<string> {
  for (let folder = path; ; folder = dirname(folder)) {
    const exists = await statfs(folder).then(
      () => true,
      () => false,
    );
    if (exists || folder === dirname(folder)) return folder;
  }
}
