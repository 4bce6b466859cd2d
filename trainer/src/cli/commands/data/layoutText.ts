/** What a data set's records hold, for people: columns of a table, vocabulary of a text, counts of classes. Pure. */

import type { Dataset, DatasetManifest } from "../../../data/dataset.ts";
import type { NumberColumn, RecordLayout, TableLayout, TokenLayout } from "../../../data/recordLayout.ts";
import { counted } from "../../../protocol/counted.ts";
import type { Paint } from "../../output.ts";
import { bar, bytesText, table } from "../../table.ts";

/** Width of the longest bar. Unit: characters. */
const BAR_CELLS = 30;

/** Longest list of columns, classes or characters that is shown whole. */
const MAX_ROWS = 64;

export type Facts = readonly (readonly [name: string, value: string])[];

export interface ClassCount {
  readonly class: number;
  readonly name: string;
  readonly train: number;
  readonly test: number;
}

/** @returns the layout of a manifest of either form. */
export function layoutOf(manifest: DatasetManifest): RecordLayout {
  return manifest.schema === "cairn/dataset/v1" ? { kind: "images" } : manifest.layout;
}

/** @returns the facts that depend on what the records hold. */
export function layoutFacts(manifest: DatasetManifest): Facts {
  const layout = layoutOf(manifest);
  const { inputShape, recordBytes, recordCount, classes } = manifest;
  const size = ["size", bytesText(recordCount * recordBytes)] as const;
  switch (layout.kind) {
    case "images":
      return [["shape", `${inputShape.join(" × ")}, one byte a value`], size];
    case "tokens":
      return [
        ["tokens", layout.vocabulary === "bytes" ? "bytes" : `characters, ${classes} different ones`],
        ["window", `${counted(layout.length, "token")} and the one after each; a new window every ${layout.stride}`],
        ...(layout.vocabulary === "bytes" ? [] : [["vocabulary", vocabularyText(layout.vocabulary)] as const]),
      ];
    case "table":
      return [
        ["inputs", `${counted(layout.inputs.length, "column")}, ${counted(inputShape[0]!, "number")}`],
        ["target", targetText(layout, classes)],
        size,
      ];
    default:
      return layout satisfies never;
  }
}

function targetText({ target }: TableLayout, classes: number): string {
  if (target.type === "class") return `${target.column}, ${counted(classes, "class")}`;
  return target.columns.map(({ column }) => column).join(", ");
}

/** Characters as they are; spaces and what cannot be seen by their code points. */
function vocabularyText(vocabulary: Exclude<TokenLayout["vocabulary"], "bytes">): string {
  const isVisible = (text: string): boolean => !/[\p{C}\p{Z}\p{M}]/u.test(text);
  const names = vocabulary.slice(0, 4 * MAX_ROWS).map((point) => {
    const text = String.fromCodePoint(point);
    return isVisible(text) ? text : ` U+${point.toString(16).toUpperCase().padStart(4, "0")} `;
  });
  const rest = vocabulary.length - names.length;
  return `${names.join("").replace(/ +/g, " ").trim()}${rest > 0 ? ` … and ${rest} more` : ""}`;
}

/** @returns the columns of a table; nothing for other data. */
export function columnsText(manifest: DatasetManifest, paint: Paint): string | undefined {
  const layout = layoutOf(manifest);
  if (layout.kind !== "table") return undefined;
  const { target } = layout;
  const inputs = layout.inputs.map((input) =>
    input.type === "number"
      ? numberRow(input, "input")
      : [input.column, "input", "category", `${input.categories.length}: ${shortList(input.categories)}`],
  );
  const targets =
    target.type === "class"
      ? [[target.column, "target", "class", `${manifest.classes}`]]
      : target.columns.map((column) => numberRow(column, "target"));
  const shown = [...inputs.slice(0, MAX_ROWS), ...targets.slice(0, MAX_ROWS)];
  const more = inputs.length - MAX_ROWS;
  const text = table(["COLUMN", "USE", "TYPE", "VALUES"], shown, paint);
  return more > 0 ? `${text}\n${paint("dim", `and ${more} more inputs`)}` : text;
}

function numberRow({ column, mean, deviation }: NumberColumn, use: string): string[] {
  const isRaw = mean === 0 && deviation === 1;
  return [column, use, "number", isRaw ? "as they are" : `mean ${short(mean)}, deviation ${short(deviation)}`];
}

function shortList(names: readonly string[]): string {
  const shown = names.slice(0, 6).join(", ");
  return names.length > 6 ? `${shown}, …` : shown;
}

function short(value: number): string {
  return Number(value.toPrecision(5)).toString();
}

/** @returns how many records each class has; nothing where records have no class. */
export function countClasses({ manifest, labels }: Dataset): ClassCount[] {
  if (manifest.classNames.length === 0) return [];
  const train = tally(labels("train"), manifest.classes);
  const test = tally(labels("test"), manifest.classes);
  return manifest.classNames.map((name, i) => ({ class: i, name, train: train[i]!, test: test[i]! }));
}

function tally(labels: Iterable<number>, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label]!++;
  return counts;
}

/** @returns a bar for each class; nothing where there are none. */
export function classBars(classes: readonly ClassCount[], paint: Paint): string | undefined {
  if (classes.length === 0) return undefined;
  const most = classes.reduce((largest, { train }) => Math.max(largest, train), 1);
  const name = classes.reduce((longest, row) => Math.max(longest, row.name.length), 5);
  const digits = countText(most).length;
  const rows = classes
    .slice(0, MAX_ROWS)
    .map(
      (row) =>
        `${row.name.padEnd(name)}  ${countText(row.train).padStart(Math.max(5, digits))}  ${countText(row.test).padStart(Math.max(4, digits))}  ${paint("cyan", bar(row.train / most, BAR_CELLS).trimEnd())}`,
    );
  const header = `${"CLASS".padEnd(name)}  ${"TRAIN".padStart(Math.max(5, digits))}  ${"TEST".padStart(Math.max(4, digits))}`;
  const more = classes.length > MAX_ROWS ? [paint("dim", `and ${classes.length - MAX_ROWS} more classes`)] : [];
  return [paint("dim", header), ...rows, ...more].join("\n");
}

/** 60 000: thin groups, so that no locale decides between comma and point. */
export function countText(n: number): string {
  return n.toString().replace(/\B(?=(\d{3})+$)/g, " ");
}
