/** A titled part of a page. */
import { type ReactNode, useId } from "react";
import { classes } from "./classes.ts";

export interface PanelProps {
  readonly title: ReactNode;
  /** Stands at the end of the title's line. */
  readonly aside?: ReactNode;
  /** One sentence below the title. */
  readonly note?: ReactNode;
  readonly className?: string;
  /** The title is for those who hear the page: others see it just above. */
  readonly isTitleHidden?: boolean;
  /** Without inner padding, for tables that reach the edge. */
  readonly flush?: boolean;
  readonly children: ReactNode;
}

export function Panel(props: PanelProps) {
  const { title, aside, note, className, isTitleHidden = false, flush = false, children } = props;
  const id = useId();
  return (
    <section aria-labelledby={id} className={classes("rounded-lg border border-line bg-surface", className)}>
      <div
        className={
          isTitleHidden
            ? "sr-only"
            : "flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 px-4 pt-3 pb-2 sm:px-5"
        }
      >
        <h2 id={id} className="text-[0.95rem] font-semibold">
          {title}
        </h2>
        {aside && <div className="text-sm text-muted">{aside}</div>}
        {note && <p className="w-full text-sm text-muted">{note}</p>}
      </div>
      <div
        className={classes(
          flush ? "pb-1" : "px-4 pb-4 sm:px-5",
          isTitleHidden && "sm:pt-2 max-sm:[&_tbody>tr:first-child]:border-t-0",
        )}
      >
        {children}
      </div>
    </section>
  );
}

export interface PageHeadingProps {
  readonly title: ReactNode;
  /** Small, above the title: where this belongs. */
  readonly over?: ReactNode;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
}

/** The one `h1` of a page. */
export function PageHeading({ title, over, lead, actions }: PageHeadingProps) {
  return (
    <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <div className="min-w-0 max-w-3xl">
        {over && <p className="mb-1 text-sm text-muted">{over}</p>}
        <h1 className="text-2xl font-semibold tracking-tight text-balance break-words sm:text-[1.75rem]">{title}</h1>
        {lead && <div className="mt-1.5 text-muted text-pretty">{lead}</div>}
      </div>
      {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
    </div>
  );
}
