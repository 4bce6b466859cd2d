/** `cairn doctor`: checks everything this machine needs, each check with its fix. Changes nothing. */
import type { Command } from "commander";
import { action, type Context, type Outcome, type Session } from "../command.ts";
import { accountChecks } from "../doctor/accountChecks.ts";
import { chainChecks } from "../doctor/chainChecks.ts";
import { type Check, type Finding, runChecks } from "../doctor/check.ts";
import { configChecks } from "../doctor/configChecks.ts";
import { systemChecks } from "../doctor/systemChecks.ts";
import { EXIT } from "../exitClass.ts";
import { withExamples } from "../help.ts";
import type { Paint } from "../output.ts";

interface Options {
  readonly data?: string;
}

const MARK = { ok: "✔", warning: "!", failed: "✖", skipped: "·" } as const;
const COLOUR = { ok: "green", warning: "yellow", failed: "red", skipped: "dim" } as const;

export function define(command: Command, session: Session): void {
  withExamples(command, "cairn doctor", "cairn doctor --data mnist:./mnist --json")
    .description(
      "Checks machine, engine, configuration, chain, account and data. The exit code is that of the first failure.",
    )
    .option("--data <ref>", "check this data set too")
    .action(action(session, "doctor", doctor));
}

async function doctor(context: Context, { data }: Options): Promise<Outcome> {
  const checks: readonly Check[] = [
    ...systemChecks(context),
    ...configChecks(context, data),
    ...chainChecks(context),
    ...accountChecks(context),
  ];
  const findings = await runChecks(checks, {
    verbosity: context.output.verbosity,
    onStart: (name) => context.output.progress(`checking ${name} …`),
  });
  const first = findings.find(({ state }) => state === "failed");
  return {
    data: findings,
    text: (paint) => report(findings, paint),
    exitCode: first?.exitCode ?? EXIT.ok,
  };
}

function report(findings: readonly Finding[], paint: Paint): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const groups = Map.groupBy(findings, ({ group }) => group);
  const lines = [...groups].map(([group, members]) =>
    [
      paint("bold", group),
      ...members.flatMap(({ state, name, message, next, code }) => [
        `  ${paint(COLOUR[state], MARK[state])} ${name.padEnd(width)}  ${message}`,
        ...(state === "ok" || state === "skipped"
          ? []
          : next.map((step) => `    ${" ".repeat(width)}  ${paint("cyan", "fix:")} ${step}`)),
        ...(state === "failed" ? [`    ${" ".repeat(width)}  ${paint("dim", code ?? "")}`] : []),
      ]),
    ].join("\n"),
  );
  const failed = findings.filter(({ state }) => state === "failed").length;
  const warnings = findings.filter(({ state }) => state === "warning").length;
  const verdict =
    failed > 0
      ? paint("red", `${failed} ${failed === 1 ? "problem" : "problems"}`)
      : paint("green", "everything that was checked is in order");
  return `${lines.join("\n\n")}\n\n${verdict}${warnings > 0 ? `, ${warnings} to look at` : ""}`;
}
