/** One figure with its name; several in a row make a `<StatRow>`. */
import type { ReactNode } from "react";
import { classes } from "./classes.ts";

export interface StatProps {
  readonly label: string;
  readonly children: ReactNode;
  /** One line below, small. */
  readonly note?: ReactNode;
}

export function Stat({ label, children, note }: StatProps) {
  return (
    <div className="min-w-0 bg-surface px-4 py-3">
      <dt className="text-sm text-muted">{label}</dt>
      <dd className="mt-0.5 text-xl font-semibold tabular-nums break-words">{children}</dd>
      {note && <dd className="text-xs text-muted">{note}</dd>}
    </div>
  );
}

/** Hairlines between the cells are the row's own background showing through. */
export function StatRow({ children, className }: { readonly children: ReactNode; readonly className?: string }) {
  return (
    <dl
      className={classes(
        "grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-[repeat(auto-fit,minmax(9rem,1fr))]",
        className,
      )}
    >
      {children}
    </dl>
  );
}

/** Names and values below each other, for the properties of one thing. */
export function Properties({ rows }: { readonly rows: readonly (readonly [string, ReactNode] | undefined)[] }) {
  return (
    <dl className="grid grid-cols-1 text-sm sm:grid-cols-[fit-content(60%)_minmax(0,1fr)] sm:gap-x-6">
      {rows.map(
        (row) =>
          row && (
            <div key={row[0]} className="contents">
              <dt className="pt-1.5 text-muted sm:border-line sm:pb-1.5">{row[0]}</dt>
              <dd className="min-w-0 border-b border-line pb-1.5 break-words last:border-0 sm:border-0 sm:pt-1.5">
                {row[1]}
              </dd>
            </div>
          ),
      )}
    </dl>
  );
}
