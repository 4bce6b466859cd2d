/** `cairn init [dir]`: a folder with a configuration, and a key for the account. Overwrites nothing. */
import { access, appendFile, constants, copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import type { Command } from "commander";
import { action, type Context, type Outcome, type Session } from "../command.ts";
import { CONFIG_FILE, ConfigError } from "../config.ts";
import { withExamples } from "../help.ts";
import { createKeystore } from "../keystore/createKeystore.ts";
import { keystorePath, readKeystore } from "../keystore/keystoreFolder.ts";
import { createPrivateKey } from "../keystore/privateKey.ts";

interface Options {
  /** `false` after `--no-key`, else absent. */
  readonly key?: false;
  readonly fastScrypt?: true;
}

/** Describes the configuration file; copied beside it, so that editors find it offline. */
const SCHEMA = new URL("../cairn.config.schema.json", import.meta.url);

/** A task's plan with a comment on every line: for `simulate` first, then for `task create`. */
const PLAN = new URL("../../../../docs/examples/federated.yaml", import.meta.url);

export function define(command: Command, session: Session): void {
  withExamples(
    command,
    "cairn init my-node --network local.json",
    "cairn init . --no-key --account ~/.foundry/keystores/lab",
  )
    .description(
      "Writes cairn.config.json and plan.yaml, a commented plan of a task, and makes a key for the account, where there is none. Overwrites nothing.",
    )
    .argument("[dir]", "folder to set up", ".")
    .option("--no-key", "make no key")
    .option("--fast-scrypt", "weak encryption that opens at once: for the local chain only")
    .action(action(session, "init", init));
}

async function init(context: Context, dir: string, options: Options): Promise<Outcome> {
  const { host, output } = context;
  const folder = resolve(host.cwd, dir);
  const config = await context.config();
  const { network, rpcUrl, account, ipfs } = config.settings;
  const path = join(folder, CONFIG_FILE);
  await prepare(folder);
  const address = options.key === false ? undefined : await ensureKey(context, options.fastScrypt === true);
  await writeConfig(folder, {
    $schema: "./.cairn/cairn.config.schema.json",
    ...(network === undefined ? {} : { network: portable(folder, network) }),
    ...(rpcUrl === undefined ? {} : { rpcUrl }),
    account,
    dataDir: ".cairn/node",
    ...(ipfs === undefined ? {} : { ipfs }),
  });
  output.done(path);
  const next = nextSteps({ enter: folder === host.cwd ? undefined : dir, network, address, account });
  output.say("");
  for (const [i, step] of next.entries()) output.say(`${i === 0 ? "next:" : "     "} ${step}`);
  return { data: { config: path, account, address: address ?? null, next }, text: () => "" };
}

/** Everything that can be made again: whoever stops at the password runs the same command once more. */
async function prepare(folder: string): Promise<void> {
  const path = join(folder, CONFIG_FILE);
  if (await isThere(path)) throw configExists(path);
  try {
    await mkdir(join(folder, ".cairn"), { recursive: true });
    await copyFile(SCHEMA, join(folder, ".cairn/cairn.config.schema.json"), constants.COPYFILE_FICLONE);
    await copyFile(PLAN, join(folder, "plan.yaml"), constants.COPYFILE_EXCL).catch(unlessThere);
    await ignore(folder);
  } catch (cause) {
    throw new ConfigError({ code: "CONFIG_UNWRITABLE", path: folder }, `cannot write to ${folder}`, { cause });
  }
}

/** The last thing that is written: a folder that has it is complete. */
async function writeConfig(folder: string, content: object): Promise<void> {
  const path = join(folder, CONFIG_FILE);
  try {
    await writeFile(path, `${JSON.stringify(content, null, 2)}\n`, { flag: "wx" });
  } catch (cause) {
    const exists = cause instanceof Error && "code" in cause && cause.code === "EEXIST";
    if (exists) throw configExists(path);
    throw new ConfigError({ code: "CONFIG_UNWRITABLE", path: folder }, `cannot write to ${folder}`, { cause });
  }
}

function configExists(path: string): ConfigError {
  return new ConfigError({ code: "CONFIG_EXISTS", path }, `${path} exists and was left alone`);
}

/** A plan of one's own is left alone. */
function unlessThere(error: unknown): void {
  if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Keys and journals of a node never belong into a repository. */
async function ignore(folder: string): Promise<void> {
  const path = join(folder, ".gitignore");
  const present = await readFile(path, "utf8").catch(() => "");
  if (present.split("\n").includes(".cairn/")) return;
  await appendFile(path, `${present === "" || present.endsWith("\n") ? "" : "\n"}.cairn/\n`);
}

async function ensureKey(context: Context, fast: boolean): Promise<string | undefined> {
  const config = await context.config();
  const { account } = config.settings;
  const path = keystorePath(config.keystoreDir, account);
  if (await isThere(path)) {
    const { keystore } = await readKeystore(config.keystoreDir, account);
    context.output.done(`${account} exists: ${path}`);
    return keystore.address === undefined ? undefined : `0x${keystore.address}`;
  }
  const { data } = await createKeystore(context, { key: createPrivateKey(), name: account, path, fast }, config);
  return (data as { readonly address: string }).address;
}

function nextSteps({
  enter,
  network,
  address,
  account,
}: {
  readonly enter: string | undefined;
  readonly network: string | undefined;
  readonly address: string | undefined;
  readonly account: string;
}): string[] {
  return [
    ...(enter === undefined ? [] : [`cd ${enter}`]),
    ...(network === undefined ? ['add "network" to cairn.config.json: the deployment record to use'] : []),
    ...(address === undefined ? [`cairn keys new ${account}`] : [`send ether and CAIRN to ${address}`]),
    "cairn doctor",
    "cairn task list",
  ];
}

/** A path inside or beside the folder is written relative to it, so that the folder can be moved. */
function portable(folder: string, path: string): string {
  const near = relative(folder, path);
  return near.startsWith("../..") ? path : near;
}
