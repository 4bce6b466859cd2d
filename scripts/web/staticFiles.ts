/** The built site as answers: files by address, compressed once, each page with its own policy. Never leaves its folder. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { extname, join, normalize, sep } from "node:path";
import { gzipSync } from "node:zlib";
import { contentSecurityPolicy } from "./securityHeaders.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The same, gzipped; absent where that saves nothing. */
  readonly gzipped?: Uint8Array;
}

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};

/** Below this a packet is a packet. Unit: bytes. */
const WORTH_GZIP_BYTES = 860;

export interface StaticFiles {
  /** @param path of the address, decoded. @returns a file, a redirect to a folder's `/`, or the page that says 404. */
  answer(path: string): Answer;
}

/** @param connect see {@link contentSecurityPolicy}. Files are read when asked for, and kept until they change. */
export function openStaticFiles(directory: string, connect: readonly string[]): StaticFiles {
  const kept = new Map<string, { readonly changedMs: number; readonly answer: Answer }>();

  function read(file: string, status = 200): Answer {
    const changedMs = statSync(file).mtimeMs;
    const known = kept.get(file);
    if (known?.changedMs === changedMs) return known.answer;
    const answer = makeAnswer(file, status, connect);
    kept.set(file, { changedMs, answer });
    return answer;
  }

  return {
    answer(path) {
      const file = locate(directory, path);
      if (file === "folder") return redirect(`${path}/`);
      if (file !== undefined) return read(file);
      const missing = join(directory, "404.html");
      return existsSync(missing) ? read(missing, 404) : { status: 404, headers: {}, body: new Uint8Array() };
    },
  };
}

function locate(directory: string, path: string): string | "folder" | undefined {
  const file = normalize(join(directory, path));
  if ((file !== directory && !file.startsWith(directory + sep)) || path.includes("\0")) return undefined;
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isFile()) return file;
  if (!found?.isDirectory()) return undefined;
  const index = join(file, "index.html");
  if (!existsSync(index)) return undefined;
  return path.endsWith("/") ? index : "folder";
}

function makeAnswer(file: string, status: number, connect: readonly string[]): Answer {
  const body = readFileSync(file);
  const extension = extname(file);
  const isText = !/^\.(png|ico|wasm)$/.test(extension);
  const headers: Record<string, string> = {
    "Content-Type": TYPES[extension] ?? "application/octet-stream",
    "Cache-Control": file.includes(`${sep}_next${sep}static${sep}`)
      ? "public, max-age=31536000, immutable"
      : "no-cache",
  };
  if (extension === ".html") headers["Content-Security-Policy"] = contentSecurityPolicy(body.toString("utf8"), connect);
  if ((!isText && extension !== ".wasm") || body.byteLength < WORTH_GZIP_BYTES) return { status, headers, body };
  return { status, headers: { ...headers, Vary: "Accept-Encoding" }, body, gzipped: gzipSync(body) };
}

function redirect(location: string): Answer {
  return { status: 308, headers: { Location: encodeURI(location) }, body: new Uint8Array() };
}
