/** Waits for a card that may be taken away, or hang. */
import { EngineError } from "../errors.ts";

/** How long a card may take for what was asked of it before it counts as hung. Unit: milliseconds. */
export const DEADLINE_MS = 30_000;

/** @throws {EngineError} `ENGINE_DEVICE_LOST` when the card is lost, late, or the work fails */
export async function waitForDevice(device: GPUDevice, work: Promise<void>, deadlineMs: number): Promise<void> {
  const limit = AbortSignal.timeout(deadlineMs);
  const late = new Promise<string>((resolve) => {
    limit.addEventListener("abort", () => resolve(`it did not answer within ${deadlineMs} ms`), { once: true });
  });
  const loss = lossOf(device);
  const lost = Promise.withResolvers<string>();
  loss.waiters.add(lost.resolve);
  if (loss.problem !== undefined) lost.resolve(loss.problem);
  const done = work.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const problem = await Promise.race([done, lost.promise, late]);
  loss.waiters.delete(lost.resolve);
  if (problem === undefined) return;
  throw new EngineError({ code: "ENGINE_DEVICE_LOST", problem }, `the graphics card was lost: ${problem}`);
}

interface Loss {
  problem: string | undefined;
  readonly waiters: Set<(problem: string) => void>;
}

const losses = new WeakMap<GPUDevice, Loss>();

/** One listener a device: a promise keeps whatever was ever attached to it. */
function lossOf(device: GPUDevice): Loss {
  const known = losses.get(device);
  if (known !== undefined) return known;
  const loss: Loss = { problem: undefined, waiters: new Set() };
  losses.set(device, loss);
  void device.lost.then(({ message }) => {
    loss.problem = message || "it was taken away";
    for (const waiter of loss.waiters) waiter(loss.problem);
  });
  return loss;
}
