"use client";
/**
 * Rows that can be sorted. On a narrow screen each row becomes a card of names and values; the roles are spelled out, so that
 * it stays a table for everybody who doesn't see it.
 */
import { type ReactNode, useMemo, useState } from "react";
import { common } from "../messages/common.ts";
import { useTexts } from "../messages/useTexts.ts";
import { Button } from "./Button.tsx";
import { classes } from "./classes.ts";
import { Icon } from "./Icon.tsx";

export type SortValue = string | number | bigint | undefined;

export interface Column<Row> {
  readonly key: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** Numbers stand at the end. @default "start" */
  readonly align?: "start" | "end";
  /** What rows are sorted by; without it the column can't be. `undefined` comes last either way. */
  readonly sortBy?: (row: Row) => SortValue;
  /** The row's name: a card's heading on narrow screens. */
  readonly isName?: boolean;
}

export interface TableProps<Row> {
  /** For those who don't see the heading above it. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** Marked, and said so by a word in one of its cells. */
  readonly isMine?: (row: Row) => boolean;
  readonly initialSort?: Sort;
  /** How many rows are shown before somebody asks for more. @default 100 */
  readonly pageRows?: number;
}

export interface Sort {
  readonly key: string;
  readonly descending: boolean;
}

export function Table<Row>({ caption, columns, rows, rowKey, isMine, initialSort, pageRows = 100 }: TableProps<Row>) {
  const t = useTexts(common);
  const [sort, setSort] = useState(initialSort);
  const [shown, setShown] = useState(pageRows);
  const sorted = useMemo(() => sortRows(rows, columns, sort), [rows, columns, sort]);
  const visible = sorted.slice(0, shown);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1) */}
      <section aria-label={t.tableOf(caption)} tabIndex={0} className="max-w-full overflow-x-auto">
        {/* biome-ignore-start lint/a11y/noRedundantRoles: a table shown as cards is no table to a browser without them */}
        <table role="table" className="w-full border-collapse text-sm">
          <caption className="sr-only">{caption}</caption>
          <thead role="rowgroup" className="max-sm:sr-only">
            <tr role="row">
              {columns.map((column) => (
                <Header
                  key={column.key}
                  column={column}
                  sort={sort}
                  onSort={() => setSort((before) => nextSort(before, column.key))}
                />
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {visible.map((row) => (
              <tr
                role="row"
                key={rowKey(row)}
                className={classes(
                  "border-t border-line max-sm:block max-sm:px-4 max-sm:py-2.5",
                  isMine?.(row) && "bg-accent-soft/60",
                )}
              >
                {columns.map((column) => (
                  <Cell key={column.key} column={column} row={row} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {/* biome-ignore-end lint/a11y/noRedundantRoles: see above */}
      </section>
      {sorted.length > visible.length && (
        <div className="border-t border-line px-4 py-2 sm:px-5">
          <Button size="small" kind="quiet" icon="chevronDown" onClick={() => setShown((count) => count + pageRows)}>
            {t.showMore(Math.min(pageRows, sorted.length - visible.length))}
          </Button>
        </div>
      )}
    </>
  );
}

interface HeaderProps<Row> {
  readonly column: Column<Row>;
  readonly sort: Sort | undefined;
  readonly onSort: () => void;
}

function Header<Row>({ column, sort, onSort }: HeaderProps<Row>) {
  const t = useTexts(common);
  const isSorted = sort?.key === column.key;
  const order = isSorted ? (sort.descending ? "descending" : "ascending") : undefined;
  const end = column.align === "end";
  return (
    <th
      // biome-ignore lint/a11y/noRedundantRoles: see the table
      role="columnheader"
      scope="col"
      aria-sort={order}
      className={classes("px-3 py-1.5 font-medium text-muted first:pl-5 last:pr-5", end ? "text-right" : "text-left")}
    >
      {column.sortBy === undefined ? (
        column.header
      ) : (
        <button
          type="button"
          onClick={onSort}
          title={t.sortBy(column.header)}
          className={classes("inline-flex min-h-6 items-center gap-1 hover:text-ink", end && "flex-row-reverse")}
        >
          {column.header}
          <Icon
            name={order === "ascending" ? "arrowUp" : "arrowDown"}
            className={classes("size-3", !isSorted && "opacity-0")}
          />
        </button>
      )}
    </th>
  );
}

function Cell<Row>({ column, row }: { readonly column: Column<Row>; readonly row: Row }) {
  const end = column.align === "end";
  return (
    <td
      // biome-ignore lint/a11y/noRedundantRoles: see the table
      role="cell"
      className={classes(
        "px-3 py-2 align-middle first:pl-5 last:pr-5 max-sm:flex max-sm:items-baseline max-sm:justify-between max-sm:gap-4 max-sm:px-0 max-sm:py-0.5 max-sm:first:pl-0 max-sm:last:pr-0",
        end && "text-right tabular-nums",
        column.isName && "max-sm:pb-1 max-sm:text-base max-sm:font-medium",
      )}
    >
      {!column.isName && (
        <span aria-hidden="true" className="text-muted sm:hidden">
          {column.header}
        </span>
      )}
      <span className={classes("min-w-0 max-sm:break-words", !column.isName && "max-sm:text-right")}>
        {column.cell(row)}
      </span>
    </td>
  );
}

function nextSort(before: Sort | undefined, key: string): Sort {
  return before?.key === key ? { key, descending: !before.descending } : { key, descending: true };
}

function sortRows<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sort: Sort | undefined): readonly Row[] {
  const value = columns.find(({ key }) => key === sort?.key)?.sortBy;
  if (sort === undefined || value === undefined) return rows;
  const sign = sort.descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [first, second] = [value(a), value(b)];
    if (first === undefined || second === undefined)
      return (first === undefined ? 1 : 0) - (second === undefined ? 1 : 0);
    if (typeof first === "string" && typeof second === "string") return sign * first.localeCompare(second);
    return first === second ? 0 : sign * (first < second ? -1 : 1);
  });
}
