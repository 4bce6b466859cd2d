/** Finds browsers on this machine and opens a page in one, without a window, by the browser's own command line. */
import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

export interface Browser {
  readonly name: "Chromium" | "Firefox";
  readonly file: string;
}

const CANDIDATES = [
  { name: "Chromium", files: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"] },
  { name: "Firefox", files: ["firefox-esr", "firefox"] },
] as const;

/** @returns one of each kind that is on the path. */
export function findBrowsers(path: string): Browser[] {
  const folders = path.split(delimiter);
  return CANDIDATES.flatMap(({ name, files }) => {
    const file = files.flatMap((each) => folders.map((folder) => join(folder, each))).find(isExecutable);
    return file === undefined ? [] : [{ name, file }];
  });
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What lets Chromium give a page WebGPU on a machine without a graphics card: through its own software driver. */
export const SOFTWARE_WEBGPU = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

export interface OpenPageOptions {
  /** Further arguments for Chromium. */
  readonly chromium?: readonly string[];
}

/** A browser that runs until it is disposed of, with a profile of its own that goes with it. */
export function openPage(
  { name, file }: Browser,
  url: string,
  { chromium = [] }: OpenPageOptions = {},
): AsyncDisposable & { readonly ended: Promise<number> } {
  const profile = mkdtempSync(join(tmpdir(), "cairn-browser-"));
  const args =
    name === "Chromium"
      ? [...chromium, ...chromiumArguments(profile, url)]
      : ["--headless", "--no-remote", "--profile", profile, url];
  // A group of its own: both browsers are families of processes.
  const child = spawn(file, args, { stdio: "ignore", detached: true, env: { ...process.env, HOME: profile } });
  const ended = new Promise<number>((resolve) => {
    child.on("error", () => resolve(-1));
    child.on("exit", (code) => resolve(code ?? -1));
  });
  return {
    ended,
    async [Symbol.asyncDispose]() {
      killGroup(child);
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}

/** No sandbox: as root Chromium starts with none, and the only page it opens is ours. */
function chromiumArguments(profile: string, url: string): string[] {
  return [
    ...["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"],
    ...["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions"],
    ...["--disable-background-timer-throttling", "--disable-renderer-backgrounding"],
    ...[`--user-data-dir=${profile}`, url],
  ];
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
