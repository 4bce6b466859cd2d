/** The address of a relay, as people type it. */
import { InvalidArgumentError } from "commander";

/** Commander parser of a relay's URL. */
export function relayUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url?.search === "" && url.hash === "" && url.username === "" && url.password === "";
  if (isPlain && (url.protocol === "http:" || url.protocol === "https:")) return text;
  throw new InvalidArgumentError("It must be a relay's URL, such as http://127.0.0.1:7425.");
}
