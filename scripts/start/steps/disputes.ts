/** The disputes of a task, with what each side paid for them. Everything is read from the chain. */
import { getAddress } from "viem";
import { gameName } from "../../../trainer/src/audit/dispute/gameName.ts";
import type { Chain } from "../../../trainer/src/chain/connection.ts";
import { gameHistories } from "../../../trainer/src/chain/gameHistory.ts";
import type { ReportedDispute } from "../report/report.ts";
import type { SettledTask } from "./settlement.ts";

export async function readDisputes(chain: Chain, { taskId, signal }: SettledTask): Promise<ReportedDispute[]> {
  const fromBlock = BigInt(chain.deployment.deployedAtBlock);
  const updates = await gameHistories(chain, "update", { taskId, fromBlock }, { signal });
  const aggregates = await gameHistories(chain, "aggregate", { taskId, fromBlock }, { signal });
  return Promise.all(
    [...updates, ...aggregates].map(async (game) => {
      const { kind, challenger, claimant, defender, claim, steps, end, endHash } = game;
      const gas = { challenger: 0, defender: 0 };
      const hashes = new Set([...steps.map(({ transactionHash }) => transactionHash), ...(endHash ? [endHash] : [])]);
      const times: number[] = [];
      for (const hash of hashes) {
        const receipt = await chain.request("receipt", () => chain.client.getTransactionReceipt({ hash }), { signal });
        const { timestamp } = await chain.request(
          "block",
          () => chain.client.getBlock({ blockNumber: receipt.blockNumber }),
          { signal },
        );
        times.push(Number(timestamp));
        const from = getAddress(receipt.from);
        if (from === challenger) gas.challenger += Number(receipt.gasUsed);
        else if (from === defender) gas.defender += Number(receipt.gasUsed);
      }
      return {
        game: gameName(game),
        about: kind,
        round: claim.round,
        challenger,
        trainer: kind === "update" ? claimant : null,
        proposer: kind === "update" ? null : claimant,
        outcome: end?.outcome ?? "None",
        moves: hashes.size,
        takenWei: `${end?.takenWei ?? 0n}`,
        gas,
        seconds: Math.max(...times) - Math.min(...times),
      };
    }),
  );
}
