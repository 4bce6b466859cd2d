/** `cairn register`: makes this node known, with its keys, addresses and roles. */
import type { Command } from "commander";
import type { Role } from "../../node/nodeEvent.ts";
import { collect } from "../arguments.ts";
import { openChain } from "../chainAccess.ts";
import { action, type Context, type Outcome, type Session } from "../command.ts";
import { withExamples } from "../help.ts";
import { readRole } from "../roles.ts";

interface Options {
  readonly role?: readonly Role[];
  readonly announce?: readonly string[];
}

export function define(command: Command, session: Session): void {
  withExamples(command, "cairn register --role trainer", "cairn register --role trainer --role auditor")
    .description("Announces this node in NodeRegistry. node start does this too, with the addresses it listens on.")
    .option("--role <role>", "trainer or auditor; may be given twice (default: trainer)", collect(readRole))
    .option("--announce <multiaddr>", "address under which peers reach it; may be given again", collect(String))
    .action(action(session, "register", register));
}

async function register(context: Context, { role = ["trainer"], announce = [] }: Options): Promise<Outcome> {
  const { signal, output } = context;
  const { chain, config, address } = await openChain(context, { sign: true });
  const [{ announceNode }, { openNodeKeys }] = await Promise.all([
    import("../../node/announcement.ts"),
    import("../../node/nodeKeys.ts"),
  ]);
  const keys = await openNodeKeys(config.settings.dataDir);
  const sent = await announceNode(chain, { keys, multiaddrs: announce, roles: role }, { signal });
  output.done(sent ? `registered as ${role.join(" and ")}` : "registered already; nothing has changed");
  return { data: { address, roles: role, multiaddrs: announce, sent }, text: () => address! };
}
