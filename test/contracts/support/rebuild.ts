/**
 * The state of the contracts, worked out from their logs alone: what an indexer would know.
 *
 * An event without a rule is an error, so that a new one can't be forgotten. Must not call a contract.
 */
import type { Cairn, TestContract } from "./cairn.ts";
import { foldGame, type GameLog, noGames, type RebuiltGames } from "./rebuildGames.ts";
import { type Log, type Rebuilt, RULES } from "./rebuildRules.ts";

/** Reads all logs of all contracts, in order, and folds them. */
export async function rebuild(cairn: Cairn): Promise<Rebuilt> {
  const state: Rebuilt = {
    balances: new Map(),
    nodes: new Map(),
    bounties: new Map(),
    models: new Map(),
    versions: new Map(),
    publishers: new Set(),
    datasets: new Map(),
    grants: new Map(),
    tasks: new Map(),
    gates: new Map(),
    groups: new Map(),
  };
  for (const log of await readLogs(cairn)) fold(state, log);
  return state;
}

/** Reads all logs of one kind of game, and folds them. The limits are what a deployment says of itself. */
export async function rebuildGames({ ethers }: Cairn, game: TestContract): Promise<RebuiltGames> {
  const { clockSeconds, extensionSeconds, bondWei } = await game.limits();
  const state = noGames({ clockSeconds, extensionSeconds, bondWei });
  const logs = await ethers.provider.getLogs({ address: await game.getAddress(), fromBlock: 0, toBlock: "latest" });
  for (const log of logs) foldGame(state, parsed(game, log));
  return state;
}

function parsed(contract: TestContract, log: { topics: readonly string[]; data: string }): GameLog {
  const { name, args } = contract.interface.parseLog(log) ?? {};
  if (name === undefined) throw new Error("a log of a game is in no ABI");
  return { name, args, abi: contract.interface };
}

async function readLogs(cairn: Cairn): Promise<Log[]> {
  const { token, nodeRegistry, modelRegistry, dataRegistry, flContract, cohorts, ethers } = cairn;
  const contracts = new Map<string, TestContract>();
  for (const contract of [token, nodeRegistry, modelRegistry, dataRegistry, flContract, cohorts]) {
    contracts.set((await contract.getAddress()).toLowerCase(), contract);
  }
  const logs = await ethers.provider.getLogs({ address: [...contracts.keys()], fromBlock: 0, toBlock: "latest" });
  return logs.map((log) => {
    const parsed = contracts.get(log.address.toLowerCase())?.interface.parseLog(log);
    if (parsed === null || parsed === undefined) throw new Error(`a log of ${log.address} is in no ABI`);
    return { name: parsed.name, args: parsed.args, blockNumber: log.blockNumber };
  });
}

function fold(state: Rebuilt, log: Log): void {
  const rule = RULES[log.name];
  if (rule === undefined) throw new Error(`The rebuild knows no event ${log.name}: teach it to rebuildRules.ts`);
  rule(state, log.args, log);
}
