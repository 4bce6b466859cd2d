/** Line icons of one size and weight. They carry no meaning alone: a word stands beside each. */

/** Paths in a 24 × 24 box, drawn with a round pen. */
const PATHS = {
  alert: "M12 4 2.8 19.5h18.4L12 4Zm0 6v4m0 2.8v.2",
  arrowDown: "M12 5v14m-6-6 6 6 6-6",
  arrowUp: "M12 19V5m-6 6 6-6 6 6",
  ban: "M5.6 5.6l12.8 12.8M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18Z",
  bolt: "M13 3 5 13.5h6L10 21l8-10.5h-6L13 3Z",
  box: "M12 3 4 7v10l8 4 8-4V7l-8-4Zm0 9L4 7m8 5 8-5m-8 5v9",
  check: "m5 12.5 4.5 4.5L19 7.5",
  chevronDown: "m6 9 6 6 6-6",
  chevronLeft: "m15 6-6 6 6 6",
  chevronRight: "m9 6 6 6-6 6",
  circle: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16Z",
  clock: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18Zm0 5v4.5l3 2",
  copy: "M9 9h10v11H9V9Zm-4 6V4h10",
  cross: "m6.5 6.5 11 11m0-11-11 11",
  dashed: "M12 4a8 8 0 0 1 4 1.1M20 12a8 8 0 0 1-1.1 4M12 20a8 8 0 0 1-4-1.1M4 12a8 8 0 0 1 1.1-4",
  database: "M4 6c0-4 16-4 16 0s-16 4-16 0Zm0 0v12c0 4 16 4 16 0V6M4 12c0 4 16 4 16 0",
  download: "M12 4v11m-5-5 5 5 5-5M4 20h16",
  external: "M14 4h6v6m0-6-9 9M18 14v6H4V6h6",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Zm9.5-3a3 3 0 1 1 0 6 3 3 0 0 1 0-6Z",
  home: "m3.5 11.5 8.5-8 8.5 8M6 9.5V20h4.5v-5.5h3V20H18V9.5",
  info: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18Zm0 8v5.5m0-9v.2",
  link: "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7l-1.6 1.6M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7l1.6-1.6",
  lock: "M6 11h12v9H6v-9Zm2.5 0V8a3.5 3.5 0 0 1 7 0v3",
  menu: "M4 7h16M4 12h16M4 17h16",
  minus: "M6 12h12",
  moon: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10Z",
  pause: "M8.5 6v12m7-12v12",
  pen: "M4 20l1-4L16.5 4.5l3 3L8 19l-4 1Z",
  play: "M8 5.5v13l10.5-6.5L8 5.5Z",
  plus: "M12 5v14M5 12h14",
  refresh: "M19.5 12a7.5 7.5 0 1 1-2.2-5.3M19.5 3.5v4h-4",
  scale: "M12 4v16m-5 0h10M5 7.5h14M5 7.5 2.5 14h5L5 7.5Zm14 0L16.5 14h5L19 7.5Z",
  search: "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13Zm4.8 11.3L20 20",
  stones:
    "M9.5 4.5h5a2 2 0 0 1 0 4h-5a2 2 0 0 1 0-4ZM7 10.5h10a2 2 0 0 1 0 4H7a2 2 0 0 1 0-4ZM5 16.5h14a2 2 0 0 1 0 4H5a2 2 0 0 1 0-4Z",
  sun: "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8Zm0-5v2m0 14v2M3 12h2m14 0h2M5.6 5.6 7 7m10 10 1.4 1.4m0-12.8L17 7M7 17l-1.4 1.4",
  users:
    "M9 5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7ZM2.5 20c0-7 13-7 13 0M16 5.5a3 3 0 0 1 0 6m2 3.5c2.2.6 3.5 2.4 3.5 5",
  wallet: "M4 7h15v12H4V7Zm0 0 11-3v3m4 4.5h-4v3h4",
} as const;

export type IconName = keyof typeof PATHS;

export interface IconProps {
  readonly name: IconName;
  /** @default "size-4" */
  readonly className?: string;
}

export function Icon({ name, className = "size-4" }: IconProps) {
  return (
    <svg
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      className={`inline-block shrink-0 ${className}`}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
