/** Numbers of a training, for people. Pure. */

/** @returns four significant digits: `2.303`, `0.01234`, `1.2e-5`. */
export function lossText(loss: number): string {
  if (loss === 0 || !Number.isFinite(loss)) return `${loss}`;
  const size = Math.abs(loss);
  if (size < 0.001 || size >= 100_000) return loss.toExponential(2);
  return loss.toPrecision(4);
}

/** @returns `12,345`. */
export function countText(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

/** @returns `93.10 %`. */
export function shareText(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

/** @returns a learning rate without more digits than it has. */
export function rateText(rate: number): string {
  return `${Number(rate.toPrecision(3))}`;
}

/** @returns `840`, or `12.3` when there are few. */
export function speedText(perSecond: number): string {
  return perSecond < 100 ? perSecond.toPrecision(3) : countText(perSecond);
}
