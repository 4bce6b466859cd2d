/** The flags that every command knows. One spelling each. Holds no behaviour but their declaration. */
import { type Command, Option } from "commander";
import type { Settings } from "./config.ts";

export interface GlobalFlags extends Settings {
  readonly json?: true;
  readonly quiet?: true;
  readonly verbose?: number;
  /** `false` after `--no-color`. */
  readonly color: boolean;
  /** `false` after `--no-input`. */
  readonly input: boolean;
  readonly yes?: true;
  readonly passwordStdin?: true;
}

export function addGlobalFlags(program: Command): Command {
  return program
    .option("--json", "print one JSON document (streams: one line an event)")
    .option("-q, --quiet", "say nothing on stderr but errors")
    .addOption(
      new Option("-v, --verbose", "say more; -vv shows stacks").argParser((_, n: number | undefined) => (n ?? 0) + 1),
    )
    .option("-y, --yes", "answer yes to every question")
    .option("--no-input", "never ask; fail and name the missing flag")
    .option("--no-color", "no colours (as NO_COLOR=1)")
    .option("--network <file>", "deployment record of the network")
    .option("--rpc-url <url>", "RPC to use instead of the record's; several with commas between: the others stand in")
    .option("--max-fee-gwei <n>", "most gwei that a unit of gas may cost (default: 500)")
    .option("--account <name>", "keystore name, or path of a keystore file")
    .option("--password-file <file>", "file that holds the keystore's password")
    .option("--password-stdin", "read the password from stdin")
    .option("--data-dir <dir>", "the node's keys, journal and content")
    .option("--ipfs <url>", "use the Kubo daemon at this URL");
}

/** @returns those of the flags that are settings. */
export function settingsOf(flags: GlobalFlags): Settings {
  const { network, rpcUrl, maxFeeGwei, account, dataDir, passwordFile, ipfs } = flags;
  const given = Object.entries({ network, rpcUrl, maxFeeGwei, account, dataDir, passwordFile, ipfs });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}
