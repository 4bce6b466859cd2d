/** What must be true of a deployment on a chain, read back from it. Trusts neither the journal nor the transactions. */
import { Interface, type InterfaceAbi, ZeroAddress, ZeroHash } from "ethers";
import hre from "hardhat";
import type { ContractName } from "../../trainer/src/protocol/contractNames.ts";
import type { Rpc } from "./jsonRpc.ts";
import type { NetworkPlan } from "./networks/networkPlan.ts";
import type { Addresses, Owners } from "./runModule.ts";

export interface Check {
  /** A sentence that is true when all is well. */
  readonly what: string;
  readonly isTrue: boolean;
  /** What was found instead, when it isn't. */
  readonly found?: string;
}

export interface CheckOptions {
  readonly rpc: Rpc;
  readonly plan: Pick<NetworkPlan, "parameters">;
  readonly owners: Owners;
  readonly addresses: Addresses;
  /** No event of the contracts is older. */
  readonly fromBlock: number;
}

const ARTIFACTS: Readonly<Record<ContractName, string>> = {
  cairnToken: "CairnToken",
  nodeRegistry: "NodeRegistry",
  modelRegistry: "ModelRegistry",
  dataRegistry: "DataRegistry",
  flContract: "FLContract",
  disputeGame: "DisputeGame",
  cohorts: "Cohorts",
  aggregateGame: "AggregateGame",
  roundReports: "RoundReports",
};

export async function checkDeployment(options: CheckOptions): Promise<readonly Check[]> {
  const { addresses, owners, plan } = options;
  const read = await reader(options);
  const checks: Check[] = [];
  for (const name of ["cairnToken", "nodeRegistry", "modelRegistry", "dataRegistry"] as const) {
    const found = String(await read.call("flContract", name === "cairnToken" ? "token" : name));
    checks.push(equal(`FLContract works with this ${ARTIFACTS[name]}`, found, addresses[name]));
  }
  checks.push(
    equal(
      "NodeRegistry works with this CairnToken",
      String(await read.call("nodeRegistry", "token")),
      addresses.cairnToken,
    ),
  );
  for (const name of ["epochSeconds", "unbondingSeconds"] as const) {
    checks.push(
      equal(
        `${name} is ${plan.parameters[name]}`,
        String(await read.call("nodeRegistry", name)),
        `${plan.parameters[name]}`,
      ),
    );
  }
  for (const contract of ["flContract", "disputeGame", "aggregateGame"] as const) {
    const limits = (await read.call(contract, "limits")) as { toObject(): Record<string, bigint> };
    for (const [name, value] of Object.entries(limits.toObject())) {
      const wanted = plan.parameters[name as keyof typeof plan.parameters];
      checks.push(equal(`${name} is ${wanted}`, `${value}`, `${wanted}`));
    }
  }
  const neighbours = { token: "cairnToken", modelRegistry: "modelRegistry", dataRegistry: "dataRegistry" } as const;
  for (const [view, name] of Object.entries({ ...neighbours, rounds: "flContract" } as const)) {
    for (const game of ["disputeGame", "aggregateGame"] as const) {
      if (game === "aggregateGame" && name === "dataRegistry") continue; // a mean reads no records
      const found = String(await read.call(game, view));
      checks.push(equal(`${ARTIFACTS[game]} works with this ${ARTIFACTS[name]}`, found, addresses[name]));
    }
  }
  for (const [view, name] of Object.entries({ modelRegistry: "modelRegistry", rounds: "flContract" } as const)) {
    const found = String(await read.call("cohorts", view));
    checks.push(equal(`Cohorts works with this ${ARTIFACTS[name]}`, found, addresses[name]));
  }
  const reported = String(await read.call("roundReports", "rounds"));
  checks.push(equal("RoundReports works with this FLContract", reported, addresses.flContract));
  const mints = (await read.events("cairnToken", "Transfer")).filter(({ args }) => args.from === ZeroAddress);
  const minted = mints.map(({ args }) => `${args.value} wei to ${args.to}`).join(", ");
  checks.push(
    equal(
      `the whole supply was minted to ${owners.holder}`,
      minted,
      `${plan.parameters.supplyWei} wei to ${owners.holder}`,
    ),
  );
  for (const registry of ["nodeRegistry", "dataRegistry"] as const)
    checks.push(...(await checkRoles(registry, read, options)));
  return checks;
}

/**
 * The administrator alone may change roles; FLContract alone holds every other one, but for the slashers', which it shares with
 * the dispute games. Worked out from all events.
 */
async function checkRoles(
  registry: "nodeRegistry" | "dataRegistry",
  read: Reader,
  { owners, addresses }: CheckOptions,
): Promise<readonly Check[]> {
  const holders = new Map<string, Set<string>>([[ZeroHash, new Set()]]);
  for (const { args } of await read.events(registry, "RoleGranted")) {
    holders.set(args.role, (holders.get(args.role) ?? new Set()).add(args.account));
  }
  const revoked = await read.events(registry, "RoleRevoked");
  for (const { args } of revoked) holders.get(args.role)?.delete(args.account);
  const names = new Map<string, string>([[ZeroHash, "DEFAULT_ADMIN_ROLE"]]);
  for (const name of read.roles(registry)) names.set(String(await read.call(registry, name)), name);
  return [...new Set([...names.keys(), ...holders.keys()])].map((role) => {
    const { flContract, disputeGame, aggregateGame } = addresses;
    const slashers = [flContract, disputeGame, aggregateGame].sort().join(", ");
    const wanted = names.get(role) === "SLASHER_ROLE" ? slashers : role === ZeroHash ? owners.admin : flContract;
    const title = `${ARTIFACTS[registry]}.${names.get(role) ?? role} is held by ${wanted} alone`;
    return equal(title, [...(holders.get(role) ?? [])].sort().join(", ") || "nobody", wanted);
  });
}

interface Event {
  // biome-ignore lint/suspicious/noExplicitAny: an event's arguments have the types that its ABI says
  readonly args: any;
}

interface Reader {
  call(contract: ContractName, view: string): Promise<unknown>;
  events(contract: ContractName, name: string): Promise<readonly Event[]>;
  /** Names of the contract's role constants, without the administrator's. */
  roles(contract: ContractName): readonly string[];
}

async function reader({ rpc, addresses, fromBlock }: CheckOptions): Promise<Reader> {
  const entries = Object.entries(ARTIFACTS).map(async ([name, artifact]) => {
    const { abi } = await hre.artifacts.readArtifact(artifact);
    return [name, new Interface(abi as unknown as InterfaceAbi)] as const;
  });
  const interfaces = Object.fromEntries(await Promise.all(entries)) as Record<ContractName, Interface>;
  return {
    async call(contract, view) {
      const abi = interfaces[contract];
      const params = [{ to: addresses[contract], data: abi.encodeFunctionData(view, []) }, "latest"];
      const answer: string = await rpc.request({ method: "eth_call", params });
      return abi.decodeFunctionResult(view, answer)[0];
    },
    async events(contract, name) {
      const abi = interfaces[contract];
      const range = { fromBlock: `0x${fromBlock.toString(16)}`, toBlock: "latest" };
      const topics = [abi.getEvent(name)?.topicHash];
      const filter = { address: addresses[contract], ...range, topics };
      const logs: { topics: string[]; data: string }[] = await rpc.request({ method: "eth_getLogs", params: [filter] });
      return logs.map((log) => ({ args: abi.parseLog(log)?.args }));
    },
    roles: (contract) =>
      interfaces[contract].fragments
        .flatMap((fragment) => ("name" in fragment ? [String(fragment.name)] : []))
        .filter((name) => name.endsWith("_ROLE") && name !== "DEFAULT_ADMIN_ROLE"),
  };
}

function equal(what: string, found: string, wanted: string): Check {
  return found === wanted ? { what, isTrue: true } : { what, isTrue: false, found };
}
