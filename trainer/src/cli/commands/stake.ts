/** `cairn stake`: what the node has to lose, and how it comes out again. */
import type { Command } from "commander";
import { amount } from "../arguments.ts";
import { openChain, requireAddress } from "../chainAccess.ts";
import { action, type Context, type Outcome, type Session } from "../command.ts";
import { withExamples } from "../help.ts";
import { cairnAmount, shortUnits18 } from "../jsonText.ts";
import { fields } from "../table.ts";
import { durationText } from "../timeText.ts";

export function define(command: Command, session: Session): void {
  withExamples(command, "cairn stake add 20", "cairn stake status").description(
    "Stake in CAIRN. It weighs in draws of committees and can be lost for proven faults.",
  );
  command
    .command("add")
    .summary("stake more")
    .description("Stakes so much CAIRN more. It counts for draws from the next epoch.")
    .argument("<amount>", "CAIRN, such as 20 or 0.5", amount)
    .action(action(session, "stake.add", add));
  command
    .command("remove")
    .summary("begin to take stake out")
    .description("Begins to take stake out. It waits, and can still be slashed, before stake withdraw pays it out.")
    .argument("<amount>", "CAIRN, such as 20 or 0.5", amount)
    .action(action(session, "stake.remove", remove));
  command
    .command("withdraw")
    .summary("pay out what has waited long enough")
    .description("Pays out the stake whose waiting time is over.")
    .action(action(session, "stake.withdraw", withdraw));
  command
    .command("status")
    .summary("show balance and stake")
    .description("Shows balance, stake, and what is on its way out.")
    .action(action(session, "stake.status", status));
}

async function add(context: Context, amountWei: bigint): Promise<Outcome> {
  const { signal, output } = context;
  const { chain, address } = await openChain(context, { sign: true });
  const stakeWei = await chain.read("nodeRegistry", "stakeOf", [address!], { signal });
  output.say(`staking ${shortUnits18(amountWei)} CAIRN …`);
  const { ensureStake } = await import("../../node/membership.ts");
  const newStakeWei = await ensureStake(chain, stakeWei + amountWei, { signal });
  output.done(`stake is ${shortUnits18(newStakeWei)} CAIRN`);
  return { data: { address, stake: cairnAmount(newStakeWei) }, text: () => shortUnits18(newStakeWei, 18) };
}

async function remove(context: Context, amountWei: bigint): Promise<Outcome> {
  const { signal, output } = context;
  const { chain, address } = await openChain(context, { sign: true });
  await chain.send("nodeRegistry", "requestUnstake", [amountWei], { signal });
  const seconds = await chain.read("nodeRegistry", "unbondingSeconds", [], { signal });
  const stakeWei = await chain.read("nodeRegistry", "stakeOf", [address!], { signal });
  output.done(`${shortUnits18(amountWei)} CAIRN can be withdrawn in ${durationText(seconds)}: cairn stake withdraw`);
  return {
    data: { address, removed: cairnAmount(amountWei), stake: cairnAmount(stakeWei), unbondingSeconds: seconds },
    text: () => shortUnits18(stakeWei, 18),
  };
}

async function withdraw(context: Context): Promise<Outcome> {
  const { signal, output } = context;
  const { chain, address } = await openChain(context, { sign: true });
  const before = await chain.read("cairnToken", "balanceOf", [address!], { signal });
  await chain.send("nodeRegistry", "withdraw", [], { signal });
  const withdrawnWei = (await chain.read("cairnToken", "balanceOf", [address!], { signal })) - before;
  output.done(`${shortUnits18(withdrawnWei)} CAIRN paid out`);
  return { data: { address, withdrawn: cairnAmount(withdrawnWei) }, text: () => shortUnits18(withdrawnWei, 18) };
}

async function status(context: Context): Promise<Outcome> {
  const { signal } = context;
  const access = await openChain(context, { sign: false });
  const { chain } = access;
  const who = requireAddress(access);
  const [balanceWei, node, seconds] = await Promise.all([
    chain.read("cairnToken", "balanceOf", [who], { signal }),
    chain.read("nodeRegistry", "nodeOf", [who], { signal }),
    chain.read("nodeRegistry", "unbondingSeconds", [], { signal }),
  ]);
  const { registered, stakeWei, unbondingWei } = node;
  return {
    data: {
      address: who,
      registered,
      balance: cairnAmount(balanceWei),
      stake: cairnAmount(stakeWei),
      unbonding: cairnAmount(unbondingWei),
      unbondingSeconds: seconds,
    },
    text: (paint) =>
      fields(
        [
          ["account", who],
          ["balance", `${shortUnits18(balanceWei)} CAIRN`],
          ["staked", `${shortUnits18(stakeWei)} CAIRN${registered ? "" : "  (not registered: cairn register)"}`],
          ["leaving", `${shortUnits18(unbondingWei)} CAIRN  (waits ${durationText(seconds)}, can still be slashed)`],
        ],
        paint,
      ),
  };
}
