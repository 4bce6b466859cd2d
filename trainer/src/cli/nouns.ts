/** The first words of the command line. A command's file is loaded only when it is asked for, so that help is quick. */
import type { Command } from "commander";
import type { Session } from "./command.ts";

interface Noun {
  readonly name: string;
  readonly summary: string;
  /** Adds arguments, options, verbs and actions to the empty command of that name. */
  readonly define: (command: Command, session: Session) => void | Promise<void>;
}

/** In the order in which help shows them. */
export const NOUNS: readonly Noun[] = [
  {
    name: "init",
    summary: "set up a folder: configuration and a key",
    define: async (c, s) => (await import("./commands/init.ts")).define(c, s),
  },
  {
    name: "doctor",
    summary: "check everything this machine needs",
    define: async (c, s) => (await import("./commands/doctor.ts")).define(c, s),
  },
  {
    name: "keys",
    summary: "make, import, list, show and export keys",
    define: async (c, s) => (await import("./commands/keys.ts")).define(c, s),
  },
  {
    name: "register",
    summary: "announce this node in NodeRegistry",
    define: async (c, s) => (await import("./commands/register.ts")).define(c, s),
  },
  {
    name: "stake",
    summary: "add, remove and withdraw stake",
    define: async (c, s) => (await import("./commands/stake.ts")).define(c, s),
  },
  {
    name: "data",
    summary: "inspect and register data sets",
    define: async (c, s) => (await import("./commands/data.ts")).define(c, s),
  },
  {
    name: "train",
    summary: "train alone by a plan, with a live curve",
    define: async (c, s) => (await import("./commands/train.ts")).define(c, s),
  },
  {
    name: "simulate",
    summary: "play a task's rounds with many trainers in this process",
    define: async (c, s) => (await import("./commands/simulate.ts")).define(c, s),
  },
  {
    name: "eval",
    summary: "measure a model on a data set",
    define: async (c, s) => (await import("./commands/eval.ts")).define(c, s),
  },
  {
    name: "generate",
    summary: "let a model of text continue a prompt",
    define: async (c, s) => (await import("./commands/generate.ts")).define(c, s),
  },
  {
    name: "task",
    summary: "open, list, show, join and close tasks",
    define: async (c, s) => (await import("./commands/task.ts")).define(c, s),
  },
  {
    name: "node",
    summary: "train and audit",
    define: async (c, s) => (await import("./commands/node.ts")).define(c, s),
  },
  {
    name: "relay",
    summary: "send many trainers' commitments in one transaction",
    define: async (c, s) => (await import("./commands/relay.ts")).define(c, s),
  },
  {
    name: "status",
    summary: "me, the chain, tasks and deadlines on one screen",
    define: async (c, s) => (await import("./commands/status.ts")).define(c, s),
  },
  {
    name: "watch",
    summary: "follow a task live",
    define: async (c, s) => (await import("./commands/watch.ts")).define(c, s),
  },
  {
    name: "reveal",
    summary: "open a commitment that a browser's tab made",
    define: async (c, s) => (await import("./commands/reveal.ts")).define(c, s),
  },
  {
    name: "rewards",
    summary: "show and claim what was earned",
    define: async (c, s) => (await import("./commands/rewards.ts")).define(c, s),
  },
  {
    name: "dispute",
    summary: "list, follow, open and play disputes about false updates",
    define: async (c, s) => (await import("./commands/dispute.ts")).define(c, s),
  },
  {
    name: "model",
    summary: "list, show, download, test, inspect, export and import models",
    define: async (c, s) => (await import("./commands/model.ts")).define(c, s),
  },
  {
    name: "errors",
    summary: "explain an error code, offline",
    define: async (c, s) => (await import("./commands/errors.ts")).define(c, s),
  },
];
