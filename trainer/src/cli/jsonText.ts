/** Values as one line of JSON, by the rules of `--json`: bigint as decimal text, dates as ISO 8601, missing as null. Pure. */

export function toJsonText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === "bigint") return part.toString();
    if (part === undefined) return null;
    return part;
  });
}

/** @returns `{ wei, cairn }`: the exact amount, and the same for people. */
export function cairnAmount(wei: bigint): { readonly wei: string; readonly cairn: string } {
  return { wei: wei.toString(), cairn: formatUnits18(wei) };
}

/** @returns `{ wei, eth }`. */
export function etherAmount(wei: bigint): { readonly wei: string; readonly eth: string } {
  return { wei: wei.toString(), eth: formatUnits18(wei) };
}

/** Unit of both ether and CAIRN: 10¹⁸ wei. */
const DECIMALS = 18;

/** @returns the exact decimal number of units, without trailing zeros. */
export function formatUnits18(wei: bigint): string {
  const digits = (wei < 0n ? -wei : wei).toString().padStart(DECIMALS + 1, "0");
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, "");
  return `${wei < 0n ? "-" : ""}${digits.slice(0, -DECIMALS)}${fraction === "" ? "" : `.${fraction}`}`;
}

/** @returns at most `places` decimals, cut, not rounded: nobody shall see more than there is. */
export function shortUnits18(wei: bigint, places = 4): string {
  const [whole = "0", fraction = ""] = formatUnits18(wei).split(".");
  const kept = fraction.slice(0, places).replace(/0+$/, "");
  const tiny = kept === "" && whole === "0" && wei > 0n;
  return tiny ? `<0.${"0".repeat(places - 1)}1` : `${whole}${kept === "" ? "" : `.${kept}`}`;
}

/** @returns the wei that a decimal number of units means; `undefined` when it is no such number. */
export function parseUnits18(text: string): bigint | undefined {
  const match = /^(\d{1,15})(?:\.(\d{1,18}))?$/.exec(text);
  if (match === null) return undefined;
  return BigInt(match[1]! + (match[2] ?? "").padEnd(DECIMALS, "0"));
}
