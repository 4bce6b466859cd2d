"use client";
/** The frame's upper edge: where one is, where one can go, how the chain is, who one is. */
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { shell } from "../../messages/shell.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { classes } from "../classes.ts";
import { Link } from "../Link.tsx";
import { links } from "../links.ts";
import { Logo } from "./Logo.tsx";
import { DOINGS, isCurrent, PLACES, type Place } from "./places.ts";

/** @param children the chain's badge, the activity drawer's button and the wallet's: they need what is below the frame. */
export function Header({ children }: { readonly children: ReactNode }) {
  const t = useTexts(shell);
  return (
    <header className="sticky top-0 z-30 border-b border-line bg-page/90 backdrop-blur-md">
      <div className="mx-auto flex h-14 max-w-7xl items-center gap-3 px-4 sm:px-6">
        <Link href={links.home()} aria-label={t.brand} className="flex shrink-0 items-center gap-2 font-semibold">
          <Logo />
          <span className="text-[1.05rem] tracking-tight max-[22rem]:sr-only">Cairn</span>
        </Link>
        <nav aria-label={t.mainNavigation} className="ml-2 hidden min-w-0 items-center lg:flex">
          {PLACES.map((place) => (
            <NavLink key={place.href} place={place} />
          ))}
          <span aria-hidden="true" className="mx-1.5 h-5 w-px bg-line" />
          {DOINGS.map((place) => (
            <NavLink key={place.href} place={place} />
          ))}
        </nav>
        <div className="ml-auto flex shrink-0 items-center gap-1.5 sm:gap-2">{children}</div>
      </div>
    </header>
  );
}

function NavLink({ place }: { readonly place: Place }) {
  const t = useTexts(shell);
  const current = isCurrent(place, usePathname());
  return (
    <Link
      href={place.href}
      aria-current={current ? "page" : undefined}
      className={classes(
        "rounded-md px-2.5 py-1.5 text-sm whitespace-nowrap",
        current ? "bg-sunken font-medium text-ink" : "text-muted hover:text-ink",
      )}
    >
      {t[place.name]}
    </Link>
  );
}
