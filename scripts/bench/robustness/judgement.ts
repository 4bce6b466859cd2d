/** Puts accuracies of many seeds into tables, and holds them against the goals. Pure. */
import { type PartitionName, SCALED_COLUMNS } from "./columns.ts";

/** Accuracies after the last round, one a seed. Unit: per cent. */
export type Cell = readonly number[];
/** By column. */
export type Row = Readonly<Record<string, Cell>>;

export interface Table {
  readonly partition: PartitionName;
  /** Bad trainers. */
  readonly bad: number;
  /** By rule. */
  readonly rows: Readonly<Record<string, Row>>;
}

export interface Worst {
  /** The lowest of the columns' means over the seeds. */
  readonly worstMean: number;
  /** The lowest accuracy of all columns and seeds. */
  readonly worstMin: number;
}

export interface Verdict {
  readonly isMet: boolean;
  readonly sentence: string;
}

export function meanOf(cell: Cell): number {
  return cell.reduce((sum, value) => sum + value, 0) / cell.length;
}

export function worstOf(row: Row): Worst {
  const cells = Object.values(row);
  return { worstMean: Math.min(...cells.map(meanOf)), worstMin: Math.min(...cells.flat()) };
}

/** What the default must do, and what the mean must not. Unit: per cent. */
const GOALS = { dirichletMean: 84, dirichletMin: 82, iidMean: 87.5, costWithoutAttack: 0.5, dead: 50, rooted: 80 };

/** @returns the goals that can be judged with the rows that there are. */
export function judge(tables: readonly Table[]): Verdict[] {
  return tables.flatMap(({ partition, rows, bad }) => {
    const verdicts: Verdict[] = [];
    const say = (isMet: boolean, sentence: string): void =>
      void verdicts.push({ isMet, sentence: `${partition}: ${sentence}` });
    const { default: robust, mean, rooted } = rows;
    if (robust !== undefined) {
      const { worstMean, worstMin } = worstOf(robust);
      const goal = partition === "IID" ? GOALS.iidMean : GOALS.dirichletMean;
      say(worstMean >= goal, `the default's worst mean is ${number(worstMean)}, the goal at least ${goal}`);
      if (partition !== "IID") {
        say(
          worstMin >= GOALS.dirichletMin,
          `its worst seed ${number(worstMin)}, the goal at least ${GOALS.dirichletMin}`,
        );
      }
    }
    if (robust?.none !== undefined && mean?.none !== undefined) {
      const cost = meanOf(mean.none) - meanOf(robust.none);
      const goal = GOALS.costWithoutAttack;
      say(cost <= goal, `without an attack the default is ${number(cost)} below the mean, the goal at most ${goal}`);
    }
    for (const column of mean === undefined ? [] : SCALED_COLUMNS.filter((name) => name in mean)) {
      const accuracy = meanOf(mean![column]!);
      say(accuracy < GOALS.dead, `the mean has ${number(accuracy)} under ${column}: the attack works`);
    }
    if (rooted !== undefined) {
      const { worstMin } = worstOf(rooted);
      say(
        worstMin >= GOALS.rooted,
        `with ${bad} bad and a root the worst seed is ${number(worstMin)}, the goal at least 80`,
      );
    }
    return verdicts;
  });
}

/** @returns Markdown: a row a rule, a column an attack, `mean (lowest)` over the seeds. */
export function renderTable({ rows }: Table): string {
  const columns = Object.keys(Object.values(rows)[0] ?? {});
  const cells = (row: Row) =>
    columns.map((name) => `${number(meanOf(row[name]!))} (${number(Math.min(...row[name]!))})`);
  return [
    `| rule | ${columns.join(" | ")} |`,
    `| --- | ${columns.map(() => "---:").join(" | ")} |`,
    ...Object.entries(rows).map(([rule, row]) => `| ${rule} | ${cells(row).join(" | ")} |`),
  ].join("\n");
}

function number(value: number): string {
  return value.toFixed(1);
}
