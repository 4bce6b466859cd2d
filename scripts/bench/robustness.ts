/**
 * How much bad trainers can do: accuracy under eight attacks, a fifth of the trainers bad, and two fifths with a root set.
 *
 * Exit code 1 when a goal is missed, 2 for bad options.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { replaceFigures } from "./documentFigures.ts";
import { type Laboratory, openLaboratory } from "./federated/laboratory.ts";
import { type BenchOptions, parseBenchOptions, usage } from "./federated/options.ts";
import { provenance, provenanceText } from "./federated/provenance.ts";
import { COLUMNS, PARTITIONS, type PartitionName, ROOTED_RULE, RULES, SETTING } from "./robustness/columns.ts";
import { judge, type Row, renderTable, type Table, worstOf } from "./robustness/judgement.ts";
import { createScratchFolder } from "./scratchFolder.ts";

const COMMAND = "bench:robustness";
const FEW = ["default", "mean"];
const PARTITION_NAMES = Object.keys(PARTITIONS) as PartitionName[];
const options = parseBenchOptions(process.argv.slice(2), Object.keys(RULES));
process.exitCode = typeof options === "string" ? refuse(options) : await run(options);

function refuse(problem: string): number {
  const text = usage(COMMAND, Object.keys(RULES));
  process.stderr.write(problem === "" ? text : `${problem}\n\n${text}`);
  return problem === "" ? 0 : 2;
}

/** @returns whether Ctrl-C asked to end after the row under way; the rows that are done are reported. */
function watchForStop(): () => boolean {
  let isStopped = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      isStopped = true;
    });
  }
  return () => isStopped;
}

/** @returns the exit code. */
async function run(options: BenchOptions): Promise<number> {
  const isStopped = watchForStop();
  using scratch = createScratchFolder("cairn-robustness-");
  const { architecture, optimiser, batchSize, bad, badWithRoot } = SETTING;
  const data = `mnist:${resolve(options.data)}/mnist`;
  const { threads } = options;
  const lab = await openLaboratory({ data, cacheDir: scratch.path, architecture, optimiser, batchSize, threads });
  const tables = [...PARTITION_NAMES, ...PARTITION_NAMES].map((partition, i): WritableTable => {
    return { partition, bad: i < PARTITION_NAMES.length ? bad : badWithRoot, rows: {} };
  });
  const { seeds, rules = FEW } = options;
  const works = [
    ...rules.map((name) => ({ name, rule: RULES[name]!, bad, seeds })),
    { name: "rooted", rule: ROOTED_RULE, bad: badWithRoot, seeds },
  ].flatMap((work) => PARTITION_NAMES.map((partition) => ({ ...work, partition })));
  for (const work of works) {
    if (isStopped()) break;
    const table = tables.find(({ partition, bad: count }) => partition === work.partition && count === work.bad);
    table!.rows[work.name] = await playRow(lab, work);
  }
  await lab.close();
  return report(
    tables.filter(({ rows }) => Object.keys(rows).length > 0),
    options,
  );
}

interface WritableTable extends Table {
  readonly rows: Record<string, Row>;
}

interface RowTask {
  readonly name: string;
  readonly rule: object;
  readonly partition: PartitionName;
  readonly bad: number;
  readonly seeds: readonly number[];
}

async function playRow(lab: Laboratory, { name, rule, partition, bad, seeds }: RowTask): Promise<Row> {
  const row: Record<string, number[]> = {};
  const { rounds, trainers, localSteps } = SETTING;
  for (const [column, attack] of Object.entries(COLUMNS)) {
    row[column] = [];
    for (const seed of seeds) {
      const attacked = attack === undefined ? {} : { attack: { ...attack, count: bad } };
      const setting = { rounds, trainers, localSteps, aggregation: rule, partition: PARTITIONS[partition] };
      const records = await lab.run({ ...setting, seed, ...attacked });
      row[column].push(100 * (records.at(-1)!.evaluation!.accuracy ?? 0));
    }
    const values = row[column].map((value) => value.toFixed(2)).join(", ");
    process.stderr.write(`${partition}, ${bad} of ${trainers} bad, ${name}, ${column}: ${values}\n`);
  }
  return row;
}

function report(tables: readonly Table[], { seeds, json, markdown }: BenchOptions): number {
  const source = provenance();
  const verdicts = judge(tables);
  const text = [
    `Seeds ${seeds.join(", ")}. ${provenanceText(source)}`,
    ...tables.map(
      (table) => `**${table.partition}, ${table.bad} of ${SETTING.trainers} bad**:\n\n${renderTable(table)}`,
    ),
    verdicts.map(({ isMet, sentence }) => `- ${isMet ? "✔" : "✖"} ${sentence}`).join("\n"),
  ].join("\n\n");
  process.stdout.write(`${text}\n`);
  const dirichlet = tables.find(({ partition, bad }) => partition !== "IID" && bad === SETTING.bad);
  const worst = Object.fromEntries(Object.entries(dirichlet?.rows ?? {}).map(([name, row]) => [name, worstOf(row)]));
  const figures = { ...worst, seeds, ...source, tables };
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(figures, null, 2)}\n`);
  if (markdown !== undefined) {
    writeFileSync(markdown, replaceFigures(readFileSync(markdown, "utf8"), COMMAND, text));
  }
  return verdicts.every(({ isMet }) => isMet) ? 0 : 1;
}
