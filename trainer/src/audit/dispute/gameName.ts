/** How people name a game: each kind has numbers of its own. Pure, and small enough for a page. */
import type { GameKind } from "./game.ts";

export interface GameReference {
  readonly kind: GameKind;
  readonly gameId: bigint;
}

/** @returns `3` for a game about an update, `a3` for one about an aggregate. */
export function gameName({ kind, gameId }: GameReference): string {
  return kind === "update" ? `${gameId}` : `a${gameId}`;
}

/** @returns the game that is named so; undefined where that is no name. */
export function parseGameName(text: string): GameReference | undefined {
  const [, letter, number] = /^(a?)([1-9]\d{0,77})$/i.exec(text) ?? [];
  if (number === undefined) return undefined;
  return { kind: letter === "" ? "update" : "aggregate", gameId: BigInt(number) };
}
