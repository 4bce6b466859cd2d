/**
 * A node's disputes in one task, about updates and about aggregates: what is due in either.
 *
 * How a game is played is `gameDesk.ts`'s, what is played about `updatePlay.ts`'s and `aggregatePlay.ts`'s.
 */
import { AggregatePlay } from "./aggregatePlay.ts";
import type { OnlyGame } from "./gameBook.ts";
import { GameDesk } from "./gameDesk.ts";
import type { Misbehaviour } from "./misbehaviour.ts";
import type { Role } from "./nodeEvent.ts";
import type { RoundContext } from "./roundContext.ts";
import { UpdatePlay } from "./updatePlay.ts";
import { DEFAULT_VOLUNTEER_GAMES } from "./volunteer.ts";

export interface DeskOptions {
  readonly roles: readonly Role[];
  readonly misbehave: Misbehaviour | undefined;
  /** @default all of this account's */
  readonly only?: OnlyGame | undefined;
  /** Games of absent claimants that an auditor takes up at once, a bond each, of either kind. @default {@link DEFAULT_VOLUNTEER_GAMES} */
  readonly volunteerGames?: number | undefined;
}

export interface DisputeDesk {
  /**
   * Does what is due now.
   *
   * @returns whether the node has left its place, so that what was seen of it before is no longer so.
   * @throws {TaggedError} what may pass: it is tried again at the next look
   */
  attend(context: RoundContext, nowSeconds: number): Promise<boolean>;
  /** Whether a game of this node is open: leaving it would be losing it. */
  isBusy(): boolean;
  dispose(): void;
}

export function createDisputeDesk(options: DeskOptions): DisputeDesk {
  const { roles, misbehave, only, volunteerGames = DEFAULT_VOLUNTEER_GAMES } = options;
  const updates = new UpdatePlay({ roles, misbehave, volunteerGames });
  const desks: readonly Pick<GameDesk<"update">, "attend" | "isBusy">[] = [
    new GameDesk(updates, only),
    new GameDesk(new AggregatePlay({ roles, misbehave, volunteerGames }), only),
  ];
  return {
    async attend(context, nowSeconds) {
      if (await updates.leave(context)) return true;
      for (const desk of desks) await desk.attend(context, nowSeconds);
      return false;
    },
    isBusy: () => desks.some(({ isBusy }) => isBusy),
    dispose: () => updates.dispose(),
  };
}
