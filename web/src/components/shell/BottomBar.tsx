"use client";
/** Narrow screens: the four places one goes to most under the thumb, all others behind the fifth. */
import dynamic from "next/dynamic";
import { usePathname } from "next/navigation";
import { useState } from "react";
import { shell } from "../../messages/shell.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { classes } from "../classes.ts";
import { Icon } from "../Icon.tsx";
import { Link } from "../Link.tsx";
import { Preferences } from "./Preferences.tsx";
import { isCurrent, OTHERS, PLACES, type Place, THUMB_PLACES } from "./places.ts";

/** Loaded when somebody opens it. */
const Dialog = dynamic(async () => (await import("../Dialog.tsx")).Dialog, { ssr: false });

const ITEM =
  "flex min-h-14 flex-1 flex-col items-center justify-center gap-0.5 px-1 text-[0.7rem] leading-tight text-center";

export function BottomBar() {
  const t = useTexts(shell);
  const path = usePathname();
  const [open, setOpen] = useState<boolean>();
  return (
    <nav
      aria-label={t.mainNavigation}
      className="fixed inset-x-0 bottom-0 z-30 flex border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] lg:hidden"
    >
      {THUMB_PLACES.map((place) => (
        <Link
          key={place.href}
          href={place.href}
          aria-current={isCurrent(place, path) ? "page" : undefined}
          className={classes(ITEM, isCurrent(place, path) ? "font-medium text-accent" : "text-muted")}
        >
          <Icon name={place.icon} className="size-5" />
          {t[place.name]}
        </Link>
      ))}
      <button
        type="button"
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
        className={classes(ITEM, "text-muted")}
      >
        <Icon name="menu" className="size-5" />
        {t.more}
      </button>
      {open !== undefined && (
        <Dialog open={open} onOpenChange={setOpen} title={t.moreTitle} from="side">
          <ul className="flex flex-col">
            {[...PLACES, ...THUMB_PLACES.slice(2), ...OTHERS].map((place) => (
              <li key={place.href}>
                <Row place={place} current={isCurrent(place, path)} onGo={() => setOpen(false)} />
              </li>
            ))}
          </ul>
          <div className="mt-4 border-t border-line pt-4">
            <Preferences />
          </div>
        </Dialog>
      )}
    </nav>
  );
}

interface RowProps {
  readonly place: Place;
  readonly current: boolean;
  readonly onGo: () => void;
}

function Row({ place, current, onGo }: RowProps) {
  const t = useTexts(shell);
  return (
    <Link
      href={place.href}
      onClick={onGo}
      aria-current={current ? "page" : undefined}
      className={classes(
        "flex min-h-11 items-center gap-3 rounded-md px-2",
        current ? "bg-sunken font-medium" : "text-ink",
      )}
    >
      <Icon name={place.icon} className="size-5 text-muted" />
      {t[place.name]}
    </Link>
  );
}
