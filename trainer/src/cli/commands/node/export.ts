/** `cairn node export`: a backup of a node's keys and journal, made while it runs. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { withExamples } from "../../help.ts";

export function defineNodeExport(parent: Command, session: Session): void {
  const command = parent.command("export").summary("back up the node's keys and journal");
  withExamples(command, "cairn node export /backup/cairn-2026-11-27")
    .description(
      "Copies the node's keys and journal, salts among them, to a new folder: keep it as secret as the node's. Safe while the node runs. The account's keystore is not in it (cairn keys export).",
    )
    .argument("<folder>", "where to; new or empty")
    .action(action(session, "node.export", nodeExport));
}

async function nodeExport({ config, host, output }: Context, folder: string): Promise<Outcome> {
  const { settings } = await config();
  const { exportNode } = await import("../../../node/backup.ts");
  const target = resolve(host.cwd, folder);
  const { exportedAt, files } = await exportNode(settings.dataDir, target, host.nowMs());
  output.say("what the node commits to from now on is not in it: a restored node cannot open that");
  return { data: { folder: target, exportedAt, files: files.length }, text: () => target };
}
