"use client";
/** Accounts and hashes: short to read, whole to copy. */
import { common } from "../messages/common.ts";
import { useTexts } from "../messages/useTexts.ts";
import { useRuntimeState } from "../runtime/RuntimeProvider.tsx";
import { Copy } from "./Copy.tsx";
import { cairnMark } from "./cairnMark.ts";
import { shortHex } from "./format.ts";
import { Icon } from "./Icon.tsx";
import { Link } from "./Link.tsx";
import { links } from "./links.ts";

export interface AddressProps {
  readonly address: string;
  /** Marks the visitor's own. */
  readonly mine?: boolean;
  /** Leads to the account's page here. @default true */
  readonly linked?: boolean;
  /** @default true */
  readonly copyable?: boolean;
}

export function Address({ address, mine = false, linked = true, copyable = true }: AddressProps) {
  const t = useTexts(common);
  const text = <span className="font-mono text-[0.92em]">{shortHex(address)}</span>;
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap align-middle" title={address}>
      <CairnMark address={address} />
      {linked ? (
        <Link href={links.trainer(address)} className="hover:underline">
          {text}
        </Link>
      ) : (
        text
      )}
      {mine && <span className="rounded bg-accent-soft px-1 text-xs font-medium text-accent">{t.you}</span>}
      {copyable && <Copy text={address} what={t.address} />}
    </span>
  );
}

/** Decoration: helps the eye to find an account again, and proves nothing. */
export function CairnMark({
  address,
  className = "size-5",
}: {
  readonly address: string;
  readonly className?: string;
}) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className={`shrink-0 ${className}`}>
      {cairnMark(address).map(({ x, y, width, height, hue }) => (
        <rect key={y} x={x} y={y} width={width} height={height} rx={height / 2} fill={`oklch(0.66 0.09 ${hue})`} />
      ))}
    </svg>
  );
}

export interface HashProps {
  readonly hash: string;
  /** Where the explorer shows it, when the chain has one. */
  readonly kind?: "tx" | "block" | "content";
  readonly copyable?: boolean;
}

export function Hash({ hash, kind = "content", copyable = true }: HashProps) {
  const t = useTexts(common);
  const state = useRuntimeState();
  const explorer = state.status === "ready" ? state.runtime.chain.explorerUrl : undefined;
  const text = <span className="font-mono text-[0.92em]">{shortHex(hash)}</span>;
  return (
    <span className="inline-flex items-center gap-1 whitespace-nowrap align-middle" title={hash}>
      {explorer !== undefined && kind !== "content" ? (
        <a
          href={`${explorer.replace(/\/$/, "")}/${kind}/${hash}`}
          target="_blank"
          rel="noreferrer"
          className="inline-flex items-center gap-1 hover:underline"
        >
          {text}
          <Icon name="external" className="size-3" />
          <span className="sr-only">{t.openInExplorer}</span>
        </a>
      ) : (
        text
      )}
      {copyable && <Copy text={hash} what={t.hash} />}
    </span>
  );
}
