/** `cairn node restore`: puts a backup into the node's folder, where that one holds neither keys nor a journal. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { withExamples } from "../../help.ts";

export function defineNodeRestore(parent: Command, session: Session): void {
  const command = parent.command("restore").summary("put a backup into the node's folder");
  withExamples(command, "cairn node restore /backup/cairn-2026-11-27 --data-dir /var/lib/cairn")
    .description(
      "Checks a backup and puts it into the data folder, which must hold neither keys nor a journal. Stop the node that it was made of first: two nodes with one journal would both act.",
    )
    .argument("<folder>", "what cairn node export made")
    .action(action(session, "node.restore", nodeRestore));
}

async function nodeRestore({ config, host }: Context, folder: string): Promise<Outcome> {
  const { settings } = await config();
  const { restoreNode } = await import("../../../node/backup.ts");
  const { exportedAt, files } = await restoreNode(resolve(host.cwd, folder), settings.dataDir);
  return { data: { folder: settings.dataDir, exportedAt, files: files.length }, text: () => settings.dataDir };
}
