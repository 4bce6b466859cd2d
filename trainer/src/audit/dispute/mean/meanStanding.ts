/** Where a game about an aggregate stands, for people. As `standing.ts` for updates. */
import { stageOf } from "../game.ts";
import { isLost, numberOf, outline, type Standing } from "../outline.ts";
import { firstDiffering, instructionLeft } from "../standing.ts";
import { type MeanGame, narrowingOfMean } from "./meanPlayer.ts";
import type { MeanAnswers } from "./meanRun.ts";

/** @returns what the own mean knows of the game's position. */
export function meanStanding(run: MeanAnswers, game: MeanGame): Standing {
  const bare = outline("aggregate", game.position);
  const name = bare.tensor === undefined ? undefined : run.program.tensors[bare.tensor - 1]?.name;
  const named = name === undefined ? bare : { ...bare, operation: name };
  return { ...named, ...detailOf(run, game) };
}

function detailOf(run: MeanAnswers, game: MeanGame): Partial<Standing> {
  const { position } = game;
  const { step: tensor, element, low } = position;
  switch (isLost(outline("aggregate", position)) ? "Settle" : stageOf(position)) {
    case "Answer":
      return { weights: run.updates.map(({ sampleCount }) => sampleCount) };
    case "PickElement":
      return firstDiffering(game, run.words(tensor));
    case "Settle": {
      const own = numberOf(run.words(tensor)[element] ?? 0);
      const { multiplyAdds } = run.machineRun(tensor, element, low);
      return { own, ...instructionLeft(narrowingOfMean(run, game).elementRun(), low, multiplyAdds) };
    }
    default:
      return {};
  }
}
