"use client";
/** What can be pressed. A button that can't act now says why in its own words and can still be reached by keyboard. */
import type { ButtonHTMLAttributes, ReactNode } from "react";
import { classes } from "./classes.ts";
import { Icon, type IconName } from "./Icon.tsx";
import { Link } from "./Link.tsx";

export type ButtonKind = "primary" | "secondary" | "quiet" | "danger";

const KINDS: Readonly<Record<ButtonKind, string>> = {
  primary: "bg-accent text-on-accent hover:brightness-110 border-transparent",
  secondary: "bg-surface text-ink border-strong hover:bg-sunken",
  quiet: "bg-transparent text-ink border-transparent hover:bg-sunken",
  danger: "bg-surface text-danger border-danger hover:bg-danger-soft",
};

const SIZES = { small: "min-h-8 px-2.5 text-sm gap-1.5", normal: "min-h-10 px-4 text-sm gap-2" } as const;

const SHAPE =
  "inline-flex items-center justify-center rounded-md border font-medium leading-tight transition-[background-color,filter] text-center";

interface Look {
  /** @default "secondary" */
  readonly kind?: ButtonKind;
  /** @default "normal" */
  readonly size?: keyof typeof SIZES;
  readonly icon?: IconName;
  readonly className?: string;
}

export interface ButtonProps extends Look, Omit<ButtonHTMLAttributes<HTMLButtonElement>, "disabled" | "className"> {
  /** Cannot act now; the label or something beside it says why. It keeps the focus, but a press does nothing. */
  readonly inactive?: boolean;
  /** Something is under way. */
  readonly busy?: boolean;
}

export function Button({
  kind = "secondary",
  size = "normal",
  icon,
  className,
  inactive = false,
  busy = false,
  onClick,
  children,
  ...rest
}: ButtonProps) {
  const still = inactive || busy;
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={still || undefined}
      aria-busy={busy || undefined}
      onClick={still ? (event) => event.preventDefault() : onClick}
      className={classes(
        SHAPE,
        SIZES[size],
        KINDS[kind],
        still && "cursor-not-allowed saturate-50 opacity-75",
        className,
      )}
    >
      {busy ? <Spinner /> : icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

export interface ButtonLinkProps extends Look {
  readonly href: string;
  readonly children: ReactNode;
  readonly "aria-label"?: string;
}

/** A place to go that looks like a button. */
export function ButtonLink({ href, kind = "secondary", size = "normal", icon, className, ...rest }: ButtonLinkProps) {
  return (
    <Link
      href={href}
      aria-label={rest["aria-label"]}
      className={classes(SHAPE, SIZES[size], KINDS[kind], "no-underline", className)}
    >
      {icon && <Icon name={icon} />}
      {rest.children}
    </Link>
  );
}

export interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "children" | "className"> {
  readonly icon: IconName;
  /** Its name for everybody who doesn't see the icon. */
  readonly label: string;
  readonly className?: string;
}

export function IconButton({ icon, label, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={classes(
        "inline-flex size-9 items-center justify-center rounded-md text-muted hover:bg-sunken hover:text-ink disabled:opacity-40",
        className,
      )}
    >
      <Icon name={icon} className="size-[1.15rem]" />
    </button>
  );
}

export function Spinner() {
  return (
    <span
      aria-hidden="true"
      className="inline-block size-4 shrink-0 animate-spin rounded-full border-2 border-current border-t-transparent motion-reduce:border-dotted"
    />
  );
}
