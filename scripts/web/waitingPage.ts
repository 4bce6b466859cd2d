/** What the address shows until the dApp is built, and for addresses that are none. Pure. */
import type { Answer } from "./staticFiles.ts";

const STYLE =
  "html{color-scheme:light dark}body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:20vh auto;padding:0 1.5rem}";

/** @param building comes again by itself until the site is there. */
export function waitingPage(building: boolean): Answer {
  const [title, text] = building
    ? [
        "The dApp is being built",
        "This happens once after a change and takes under a minute. The page opens by itself.",
      ]
    : ["No such page", '<a href="/">To the first page</a>'];
  const refresh = building ? '<meta http-equiv="refresh" content="2">' : "";
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">${refresh}<title>Cairn: ${title}</title><style>${STYLE}</style><h1>${title}</h1><p>${text}</p></html>`;
  return {
    status: building ? 503 : 404,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
      ...(building ? { "Retry-After": "2" } : {}),
    },
    body: new TextEncoder().encode(html),
  };
}
