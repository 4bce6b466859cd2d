/**
 * `npm run bench:disputes`: whole dispute games over the networks that people train, on the real contracts, with the node's
 * own players: gas a side, moves, seconds, what the challenger computes beside a plain replay, and what a trace costs.
 *
 * Prints tables; `--json FILE` writes the figures, `--markdown FILE` fills a document's place. Exits 1 where an honest side lost.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { disputeModels } from "./disputes/models.ts";
import { type DisputeFigures, measureDisputes } from "./disputes/play.ts";
import { gasTable, summaryTable, traceTable } from "./disputes/tables.ts";
import { measureTrace, type TraceFigure } from "./disputes/trace.ts";
import { replaceFigures } from "./documentFigures.ts";
import { createScratchFolder } from "./scratchFolder.ts";

const USAGE = `npm run bench:disputes -- [options]

  --models A,B      of mlp, lenet5, transformer     [all]
  --games N         lies to prove for each network  [3]
  --json FILE       gasPerSide, leafGas, games, honestWins, and all figures
  --markdown FILE   put the tables into the document's place for them
`;

const { values } = parseArgs({
  options: {
    models: { type: "string", default: "mlp,lenet5,transformer" },
    games: { type: "string", default: "3" },
    json: { type: "string" },
    markdown: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
});

if (values.help) process.stdout.write(USAGE);
else await run(values.models.split(","), Number(values.games));

async function run(names: readonly string[], games: number): Promise<void> {
  using folder = createScratchFolder("cairn-disputes-");
  const models = await disputeModels(names, folder.path);
  const disputes: DisputeFigures[] = [];
  const traces: TraceFigure[] = [];
  for (const model of models) {
    process.stderr.write(`${model.title} …\n`);
    traces.push(await measureTrace(model));
    disputes.push(await measureDisputes(model, games));
  }
  const text = [summaryTable(disputes), gasTable(disputes), traceTable(traces)].join("\n\n");
  process.stdout.write(`${text}\n`);
  const played = disputes.reduce((sum, { games: count }) => sum + count, 0);
  const honestWins = disputes.reduce((sum, { honestWins: count }) => sum + count, 0);
  const most = (of: (figures: DisputeFigures) => number): number => Math.max(...disputes.map(of));
  const gasPerSide = most(({ gas }) => Math.max(gas.challenger, gas.defender));
  const leafGas = most((figures) => figures.leafGas);
  if (values.json !== undefined) {
    const figures = { gasPerSide, leafGas, games: played, honestWins, disputes, traces };
    writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
  }
  if (values.markdown !== undefined) {
    const document = readFileSync(values.markdown, "utf8");
    writeFileSync(values.markdown, replaceFigures(document, "bench:disputes", text));
  }
  if (honestWins < played) process.exitCode = 1;
}
