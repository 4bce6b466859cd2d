/** `cairn node inspect`: what the node's folder holds. Needs no chain, changes nothing, shows no salt and no key. */
import type { Command } from "commander";
import type {
  Inspection,
  JournalInspection,
  RoundInspection,
  TransactionInspection,
} from "../../../node/inspection.ts";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { withExamples } from "../../help.ts";
import type { Paint } from "../../output.ts";
import { bytesText, fields, table } from "../../table.ts";

export function defineNodeInspect(parent: Command, session: Session): void {
  const command = parent.command("inspect").summary("show what the node's folder holds");
  withExamples(command, "cairn node inspect", "cairn node inspect --data-dir /var/lib/cairn --json")
    .description(
      "Shows what the data folder holds: commitments whose salts are kept, transactions that are not final, sizes, the content, who uses it. Asks no chain; a salt is never shown.",
    )
    .action(action(session, "node.inspect", nodeInspect));
}

async function nodeInspect({ config, host }: Context): Promise<Outcome> {
  const { settings } = await config();
  const { inspectNode } = await import("../../../node/inspection.ts");
  const inspection = await inspectNode(settings.dataDir);
  return { data: inspection, text: (paint) => inspectionText(inspection, paint, host.home) };
}

function inspectionText(inspection: Inspection, paint: Paint, home: string): string {
  const { folder, isBackup, runningPid, keys, journals, leftovers, sizes, transactions } = inspection;
  const head = fields(
    [
      [
        "folder",
        `${folder.startsWith(`${home}/`) ? `~${folder.slice(home.length)}` : folder}${isBackup ? " (a backup)" : ""}`,
      ],
      ["used by", runningPid === undefined ? "nobody" : `process ${runningPid}`],
      ["keys", keys.join(", ") || "none"],
      ["journal", bytesText(sizes.journalBytes)],
      ["content", `${bytesText(sizes.contentBytes)} in ${sizes.blocks} blocks`],
      ["leftovers", leftovers.length === 0 ? "none" : `${leftovers.length} files that nobody needs`],
    ],
    paint,
  );
  const sections = journals.map((journal) => journalText(journal, paint));
  if (transactions.length > 0) sections.push(transactionsText(transactions, paint));
  return [head, ...sections].join("\n\n");
}

function transactionsText(transactions: readonly TransactionInspection[], paint: Paint): string {
  const rows = transactions.map(({ nonce, call, state, copies, hash }) => [
    ...[`${nonce}`, call, state, `${copies}`, hash ?? "—"],
  ]);
  return `transactions that are not final\n${table(["NONCE", "CALL", "STATE", "COPIES", "HASH"], rows, paint)}`;
}

function journalText({ chainId, flContract, account, rounds }: JournalInspection, paint: Paint): string {
  const title = `${account} on chain ${chainId}, contract ${flContract}`;
  if (rounds.length === 0) return `${title}\nno record is kept`;
  return `${title}\n${table(["TASK", "ROUND", "UPDATE", "VERDICT", "BESIDES", "SIZE"], rounds.map(roundRow), paint)}`;
}

function roundRow({ task, round, update, verdicts, hasPlant, hasRelayRecord, size }: RoundInspection): string[] {
  const besides = [hasPlant ? "plant" : "", hasRelayRecord ? "relay" : ""].filter(Boolean).join(", ");
  const said = verdicts.map(({ attempt, state }) => (attempt === 0 ? state : `${state} (try ${attempt + 1})`));
  return [task, `${round}`, update ?? "—", said.join(", ") || "—", besides || "—", bytesText(size)];
}
