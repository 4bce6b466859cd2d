/** `npm start -- --keep` as a visitor starts it: a process of its own, that serves the dApp and goes on after its rounds. */
import { spawn } from "node:child_process";
import { join, resolve } from "node:path";

const PROJECT = resolve(import.meta.dirname, "../../..");

/** A first start builds the site, on a slow machine. Unit: milliseconds. */
const START_DEADLINE_MS = 420_000;

/** How long its processes may take to end. Unit: milliseconds. */
const GRACE_MS = 20_000;

export interface KeptNetwork {
  /** Of the dApp, once the rounds are over and the site is built; rejects when the run ends before. */
  readonly url: Promise<string>;
  stop(): Promise<void>;
}

export function startKeptNetwork({ rounds }: { readonly rounds: number }): KeptNetwork {
  const child = spawn(process.execPath, [join(PROJECT, "scripts/start/main.ts"), "--keep", "--rounds", `${rounds}`], {
    cwd: PROJECT,
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, NO_COLOR: "1" },
  });
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  let said = "";
  const url = new Promise<string>((found, fail) => {
    const failed = (why: string) => fail(new Error(`${why}:\n${said.slice(-2_000)}`));
    const timer = setTimeout(() => failed("the rounds were not over in time"), START_DEADLINE_MS);
    child.stderr.on("data", (part: Buffer) => {
      said = (said + part).slice(-20_000);
      const address = /Until Ctrl-C[\s\S]*?dApp\s+(http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      found(address);
    });
    child.once("exit", () => {
      clearTimeout(timer);
      failed("npm start ended before its time");
    });
  });
  const built = url.then(untilBuilt);
  built.catch(() => {}); // whoever waits for it hears of it
  return {
    url: built,
    async stop() {
      child.kill("SIGTERM");
      const impatient = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
      await ended;
      clearTimeout(impatient);
    },
  };
}

/** While the site is being built, whoever asks gets a page that says so. */
async function untilBuilt(url: string): Promise<string> {
  for (const until = Date.now() + START_DEADLINE_MS; ; ) {
    const { status } = await fetch(url);
    if (status === 200) return url;
    if (Date.now() > until) throw new Error(`the site was not built in time: HTTP ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}
