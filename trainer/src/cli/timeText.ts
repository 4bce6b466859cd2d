/** Times for people: short, with units. Pure; the present is an argument. */

/** @returns `45 s`, `6 min 20 s`, `2 h 05 min`, `3 d 4 h`. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [d, h, m, s] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3_600) % 24,
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  if (d > 0) return h === 0 ? `${d} d` : `${d} d ${h} h`;
  if (h > 0) return m === 0 ? `${h} h` : `${h} h ${m.toString().padStart(2, "0")} min`;
  if (m > 0) return s === 0 ? `${m} min` : `${m} min ${s.toString().padStart(2, "0")} s`;
  return `${s} s`;
}

/** @returns `in 45 s`, or `45 s ago`. Unit of both arguments: unix seconds. */
export function relativeText(at: number, now: number): string {
  return at >= now ? `in ${durationText(at - now)}` : `${durationText(now - at)} ago`;
}

/** @returns `2026-11-23T05:04:03Z`. Unit: unix seconds. */
export function isoTime(seconds: number | bigint): string {
  return new Date(Number(seconds) * 1_000).toISOString().replace(".000Z", "Z");
}
