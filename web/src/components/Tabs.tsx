"use client";
/** Parts of a page that have addresses: `?tab=…`. Links, so they work as links do. */
import { usePathname, useSearchParams } from "next/navigation";
import { classes } from "./classes.ts";
import { Link } from "./Link.tsx";

export interface TabsProps<Name extends string> {
  /** For those who don't see that these are parts of one thing. */
  readonly label: string;
  readonly tabs: readonly (readonly [Name, string])[];
  readonly current: Name;
  /** @default "tab" */
  readonly parameter?: string;
}

export function Tabs<Name extends string>({ label, tabs, current, parameter = "tab" }: TabsProps<Name>) {
  const path = usePathname();
  const query = useSearchParams();
  return (
    <nav aria-label={label} className="-mx-1 overflow-x-auto px-1">
      <ul className="flex gap-1 border-b border-line">
        {tabs.map(([name, text]) => {
          const next = new URLSearchParams(query);
          next.set(parameter, name);
          return (
            <li key={name}>
              <Link
                href={`${path}?${next}`}
                replace
                scroll={false}
                aria-current={name === current ? "page" : undefined}
                className={classes(
                  "-mb-px block border-b-2 px-3 py-2 text-sm whitespace-nowrap",
                  name === current ? "border-accent font-semibold" : "border-transparent text-muted hover:text-ink",
                )}
              >
                {text}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** @returns the tab that the address names, else the first. */
export function useTab<Name extends string>(names: readonly Name[], parameter = "tab"): Name {
  const asked = useSearchParams().get(parameter);
  return names.find((name) => name === asked) ?? names[0]!;
}
