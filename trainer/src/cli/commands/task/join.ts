/** `cairn task join <id>` and `cairn task leave <id>`: a trainer's place in a task. */
import type { Command } from "commander";
import { identifier } from "../../arguments.ts";
import { openChain } from "../../chainAccess.ts";
import { action, type Context, type Outcome, type Session } from "../../command.ts";

export function defineTaskJoin(parent: Command, session: Session): void {
  parent
    .command("join")
    .summary("take a place as a trainer")
    .description("Takes a place in a task. Needs the trainer's role and the task's stake; node start does all three.")
    .argument("<id>", "the task's number", identifier)
    .action(action(session, "task.join", join));
}

export function defineTaskLeave(parent: Command, session: Session): void {
  parent
    .command("leave")
    .summary("give the place up")
    .description("Gives up the place in a task. Not while an update of the account is in the running round.")
    .argument("<id>", "the task's number", identifier)
    .action(action(session, "task.leave", leave));
}

async function join(context: Context, taskId: bigint): Promise<Outcome> {
  const { chain, address } = await openChain(context, { sign: true });
  const { ensureEnrolled } = await import("../../../node/membership.ts");
  const slot = await ensureEnrolled(chain, taskId, { signal: context.signal });
  context.output.done(`enrolled in task ${taskId}, slot ${slot}`);
  return { data: { taskId, address, slot }, text: () => slot.toString() };
}

async function leave(context: Context, taskId: bigint): Promise<Outcome> {
  const { chain, address } = await openChain(context, { sign: true });
  await chain.send("flContract", "leave", [taskId], { signal: context.signal });
  context.output.done(`left task ${taskId}`);
  return { data: { taskId, address }, text: () => "" };
}
