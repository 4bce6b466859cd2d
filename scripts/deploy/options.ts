/** `npm run deploy`'s arguments, checked. Pure. */
import { parseArgs } from "node:util";
import { getAddress } from "ethers";
import { DeployError } from "./deployError.ts";
import { findNetwork, NETWORKS } from "./networks/findNetwork.ts";
import { type NetworkPlan, VERIFIER_NAMES, type VerifierName } from "./networks/networkPlan.ts";

export interface DeployCommand {
  readonly plan: NetworkPlan;
  readonly isDryRun: boolean;
  /** Absent only in a dry run without network. */
  readonly rpcUrl?: string;
  readonly keystore?: string;
  readonly passwordFile?: string;
  readonly signerUrl?: string;
  readonly from?: string;
  /** Absent: the deployer's own account, in a dry run. */
  readonly admin?: string;
  readonly holder?: string;
  /** Unit: wei per gas. */
  readonly maxFeePerGas?: bigint;
  readonly publicRpcUrl?: string;
  readonly outFile: string;
  /** Ignition's; absent: one per chain in ignition/deployments/. */
  readonly journal?: string;
  /** A transaction's hash. */
  readonly tracked?: string;
  readonly verifiers: readonly VerifierName[];
  readonly etherscanKeyFile?: string;
  readonly isConfirmed: boolean;
}

const OPTIONS = {
  network: { type: "string" },
  rpc: { type: "string" },
  "dry-run": { type: "boolean", default: false },
  keystore: { type: "string" },
  "password-file": { type: "string" },
  signer: { type: "string" },
  from: { type: "string" },
  admin: { type: "string" },
  holder: { type: "string" },
  "max-fee-gwei": { type: "string" },
  "public-rpc": { type: "string" },
  out: { type: "string" },
  journal: { type: "string" },
  track: { type: "string" },
  verify: { type: "string", default: "" },
  "etherscan-key-file": { type: "string" },
  yes: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

export const USAGE = `npm run deploy -- --network NAME [options]

  --network NAME           ${NETWORKS.map(({ name }) => name).join(", ")}: a file in scripts/deploy/networks/
  --dry-run                deploy on a chain inside this process and send nothing; with --rpc on a copy of that chain
  --rpc URL                the network's JSON-RPC
  --keystore FILE          sign with this keystore (version 3, as cairn and geth write it); its password is asked for
  --password-file FILE     read that password from a file
  --signer URL             sign elsewhere: clef, Frame or a node, with a hardware wallet behind it
  --from ADDRESS           which of the signer's accounts
  --admin ADDRESS          gets the administrator's role; the deployer's is given up (asked for unless it is a dry run)
  --holder ADDRESS         gets the whole supply of CAIRN (default: the administrator)
  --max-fee-gwei N         no transaction pays more per gas (default: four times the present base fee)
  --public-rpc URL         the RPC that goes into the record for everybody; needed when that of --rpc has a key in it
  --out FILE               the record (default: deployments/NETWORK.json); the sources go beside it
  --journal FOLDER         where to go on from (default: ignition/deployments/chain-ID)
  --track HASH             a transaction of an earlier run that was sent, or replaced, elsewhere
  --verify NAMES           hand the sources in: ${VERIFIER_NAMES.join(", ")}
  --etherscan-key-file F   Etherscan's API key
  --yes                    don't ask

The same command again goes on where an interrupted run was, and does nothing twice. docs/deployment.md has the rest.
`;

/** @returns the command, or `undefined` when help is wanted. @throws {DeployError} `DEPLOY_USAGE` | `DEPLOY_UNKNOWN_NETWORK` */
export function parseCommand(args: readonly string[]): DeployCommand | undefined {
  const values = read(args);
  if (values.help) return undefined;
  if (values.network === undefined) throw usage("network", "which network? --network is missing");
  const plan = findNetwork(values.network);
  const isDryRun = values["dry-run"];
  if (values.keystore !== undefined && values.signer !== undefined)
    throw usage("signer", "either --keystore or --signer");
  if (!isDryRun) {
    if (values.rpc === undefined) throw usage("rpc", "--rpc is missing; without one there is only --dry-run");
    if (values.keystore === undefined && values.signer === undefined)
      throw usage("keystore", "who signs? give --keystore or --signer");
    if (values.admin === undefined) throw usage("admin", "who is to be the administrator? --admin is missing");
    if (!isPublic(values.rpc) && values["public-rpc"] === undefined) {
      throw usage(
        "public-rpc",
        "that RPC's address may hold a key: name a public one with --public-rpc, for the record",
      );
    }
  }
  const verifiers = values.verify.split(",").filter((name) => name !== "");
  for (const name of verifiers) {
    if (!(name in plan.verifiers)) throw usage("verify", `${plan.title} has no verifier "${name}"`);
  }
  return {
    plan,
    isDryRun,
    ...optional("rpcUrl", url("rpc", values.rpc)),
    ...optional("keystore", values.keystore),
    ...optional("passwordFile", values["password-file"]),
    ...optional("signerUrl", url("signer", values.signer)),
    ...optional("from", address("from", values.from)),
    ...optional("admin", address("admin", values.admin)),
    ...optional("holder", address("holder", values.holder)),
    ...optional("maxFeePerGas", gwei(values["max-fee-gwei"])),
    ...optional("publicRpcUrl", url("public-rpc", values["public-rpc"])),
    outFile: values.out ?? `deployments/${plan.name}.json`,
    ...optional("journal", values.journal),
    ...optional("tracked", hash("track", values.track)),
    verifiers: verifiers as VerifierName[],
    ...optional("etherscanKeyFile", values["etherscan-key-file"]),
    isConfirmed: values.yes,
  };
}

function read(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (cause) {
    throw usage("", (cause as Error).message);
  }
}

function address(option: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  // EIP-55 capitals are asked for: a role given to a mistyped address is lost.
  if (!/^0x[0-9a-fA-F]{40}$/.test(text) || safeChecksum(text) !== text) {
    throw usage(option, `--${option} ${text} is no address with EIP-55 capitals`);
  }
  return text;
}

function hash(option: string, text: string | undefined): string | undefined {
  if (text !== undefined && !/^0x[0-9a-f]{64}$/.test(text)) throw usage(option, `--${option} ${text} is no hash`);
  return text;
}

function safeChecksum(text: string): string {
  return getAddress(text.toLowerCase());
}

function url(option: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw usage(option, `--${option} is no http address`);
  return text;
}

/** Nothing in it that could be a key: no user, no path, no query. */
function isPublic(text: string): boolean {
  if (!URL.canParse(text)) return true; // another check says what is wrong
  const { username, password, pathname, search } = new URL(text);
  return username === "" && password === "" && pathname === "/" && search === "";
}

function gwei(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!(value > 0 && value < 1e6)) throw usage("max-fee-gwei", `--max-fee-gwei ${text} is no price`);
  return BigInt(Math.round(value * 1e9));
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [k in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [k in K]?: V };
}

function usage(option: string, message: string): DeployError {
  return new DeployError({ code: "DEPLOY_USAGE", option }, message);
}
