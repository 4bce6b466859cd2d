"use client";
/** What a panel shows when it has no data to show, or not the latest. */
import { type ReactNode, useEffect, useState } from "react";
import { common } from "../messages/common.ts";
import { useTexts } from "../messages/useTexts.ts";
import { Button } from "./Button.tsx";
import { Copy } from "./Copy.tsx";
import { Icon, type IconName } from "./Icon.tsx";
import { links } from "./links.ts";
import { Skeleton } from "./Skeleton.tsx";

export interface EmptyProps {
  readonly icon?: IconName;
  readonly title: string;
  /** Why it is empty. */
  readonly children?: ReactNode;
  /** The one next step. */
  readonly action?: ReactNode;
  /** Nothing else is on the page, so this is its heading. */
  readonly wholePage?: boolean;
}

export function Empty({ icon = "stones", title, children, action, wholePage = false }: EmptyProps) {
  const Title = wholePage ? "h1" : "p";
  return (
    <div className="flex flex-col items-center gap-1.5 px-4 py-10 text-center">
      <Icon name={icon} className="mb-1 size-8 text-muted" />
      <Title className="font-medium">{title}</Title>
      {children && <div className="max-w-md text-sm text-muted text-pretty">{children}</div>}
      {action && <div className="mt-3 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}

/** Unit: milliseconds. */
const PATIENCE_MS = { quiet: 150, still: 3_000, slow: 10_000 } as const;

export interface LoadingProps {
  /** About as many as will come. @default 3 */
  readonly lines?: number;
  readonly onRetry?: () => void;
  /** Nothing else is on the page, so this is its heading. */
  readonly wholePage?: boolean;
}

/** Nothing for a moment, then lines of the right size, then words about why it takes so long. */
export function Loading({ lines = 3, onRetry, wholePage = false }: LoadingProps) {
  const Words = wholePage ? "h1" : "p";
  const t = useTexts(common);
  const [waited, setWaited] = useState<"no" | keyof typeof PATIENCE_MS>("no");
  useEffect(() => {
    const timers = Object.entries(PATIENCE_MS).map(([name, ms]) =>
      setTimeout(() => setWaited(name as keyof typeof PATIENCE_MS), ms),
    );
    return () => timers.forEach(clearTimeout);
  }, []);
  return (
    <div aria-busy="true" className="flex flex-col gap-3 px-4 py-4">
      <Words className={waited === "no" || waited === "quiet" ? "sr-only" : "text-sm text-muted"}>
        {waited === "slow" ? t.slowLoading : waited === "still" ? t.stillLoading : t.loading}
      </Words>
      {Array.from({ length: lines }, (_, i) => (
        <Skeleton
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all the same
          key={i}
          className={`h-5 ${i % 3 === 2 ? "w-2/3" : "w-full"} ${waited === "no" ? "opacity-0" : ""}`}
        />
      ))}
      {waited === "slow" && onRetry && (
        <Button size="small" icon="refresh" onClick={onRetry} className="self-start">
          {t.retry}
        </Button>
      )}
    </div>
  );
}

export interface FailureProps {
  /** Code of the error catalogue, when there is one. */
  readonly code?: string | undefined;
  /** @default "That did not work" */
  readonly title?: string;
  /** What happened, in a sentence or two. */
  readonly children: ReactNode;
  /** What the machine said; shown on demand. */
  readonly details?: string | undefined;
  readonly onRetry?: (() => void) | undefined;
}

export function Failure({ code, title, children, details, onRetry }: FailureProps) {
  const t = useTexts(common);
  return (
    <div className="rounded-lg border border-danger bg-danger-soft px-4 py-3 text-sm">
      <p className="flex items-center gap-2 font-semibold text-danger">
        <Icon name="alert" /> {title ?? t.errorTitle}
      </p>
      <div className="mt-1 break-words">{children}</div>
      <div className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-2">
        {onRetry && (
          <Button size="small" icon="refresh" onClick={onRetry}>
            {t.retry}
          </Button>
        )}
        {code !== undefined && (
          <a href={links.error(code)} className="underline">
            {t.moreAbout(code)}
          </a>
        )}
      </div>
      {details !== undefined && (
        <details className="mt-2">
          <summary className="text-muted">{t.details}</summary>
          <div className="mt-1 flex items-start gap-1">
            <pre className="max-h-40 min-w-0 flex-1 overflow-auto whitespace-pre-wrap break-words text-xs">
              {details}
            </pre>
            <Copy text={details} what={t.details} />
          </div>
        </details>
      )}
    </div>
  );
}

export type NoticeTone = "info" | "warning" | "danger" | "success";

const NOTICES: Readonly<Record<NoticeTone, readonly [string, IconName]>> = {
  info: ["border-info bg-info-soft text-info", "info"],
  warning: ["border-warning bg-warning-soft text-warning", "alert"],
  danger: ["border-danger bg-danger-soft text-danger", "alert"],
  success: ["border-success bg-success-soft text-success", "check"],
};

/** Something to know before reading on. */
export function Notice({ tone = "info", children }: { readonly tone?: NoticeTone; readonly children: ReactNode }) {
  const [look, icon] = NOTICES[tone];
  return (
    <div className={`flex gap-2.5 rounded-lg border px-4 py-2.5 text-sm ${look}`}>
      <Icon name={icon} className="mt-0.5 size-4" />
      <div className="min-w-0 flex-1 text-ink">{children}</div>
    </div>
  );
}
