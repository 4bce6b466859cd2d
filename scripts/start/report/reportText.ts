/** The report as tables for people, at most 80 columns wide. Pure. */
import { formatEther } from "viem";
import { counted } from "../../../trainer/src/protocol/counted.ts";
import { shortAddress } from "../state/runState.ts";
import { caughtText } from "../view/participantTable.ts";
import { type Paint, painter } from "../view/render.ts";
import { padEnd, padStart } from "../view/text.ts";
import type { Report, ReportedDispute, ReportedLazyAuditor, ReportedReplay } from "./report.ts";

/** @returns lines of text, colours only where `colour`. */
export function reportText(report: Report, { colour }: { readonly colour: boolean }): string[] {
  const paint = painter(colour);
  return [
    ...roundTable(report, paint),
    "",
    liarLine(report, paint),
    ...lazyAuditorLine(report.lazyAuditor, paint),
    ...report.disputes.flatMap((dispute) => disputeLines(report, dispute, paint)),
    recomputedLine(report, paint),
    "",
    ...rewardTable(report, paint),
    "",
    ...gasTable(report, paint),
    "",
    ...costs(report, paint),
    "",
    ...modelLines(report, paint),
  ];
}

function roundTable({ rounds }: Report, paint: Paint): string[] {
  const head = ["round", "accuracy", "accepted", "rejected", "seconds"];
  return [
    paint("dim", cells(head)),
    ...rounds.map(({ round, accuracy, accepted, rejected, seconds, outcome }) => {
      const measured = accuracy === null ? "–" : `${(100 * accuracy).toFixed(2)} %`;
      const line = cells([`${round}`, measured, `${accepted}`, `${rejected}`, seconds.toFixed(1)]);
      return outcome === "final" ? line : `${line}  ${paint("red", `✖ ${outcome}`)}`;
    }),
  ];
}

function cells(texts: readonly string[]): string {
  return texts.map((text, i) => padStart(text, i === 0 ? 5 : 11)).join("");
}

function liarLine({ liar, options }: Report, paint: Paint): string {
  if (liar === null) {
    return options.liar === "none"
      ? "Nobody was asked to lie (--liar none)."
      : "The trainers were honest; all auditors but the first agreed on a false mean.";
  }
  const { lied, rejected, accepted, paidWei } = liar;
  const who = `${liar.name} ${shortAddress(liar.address)} lied in ${lied.length} round${lied.length === 1 ? "" : "s"}`;
  const caught = rejected.length === 0 ? "never caught" : caughtText(rejected);
  const good = accepted === 0 && paidWei === "0" && rejected.length === lied.length;
  return `${good ? paint("green", "✔") : paint("red", "✖")} ${who}: ${caught}, paid ${coins(paidWei)} CAIRN.`;
}

function lazyAuditorLine(lazy: ReportedLazyAuditor | null, paint: Paint): string[] {
  if (lazy === null) return [];
  const { accepted, caught, slashedWei } = lazy;
  const who = `${lazy.name} ${shortAddress(lazy.address)} accepted ${counted(accepted.length, "planted error")} unseen`;
  const good = caught.length === accepted.length;
  const fate = caught.length === 0 ? "never caught" : `${caughtText(caught)}, slashed ${coins(slashedWei)} CAIRN`;
  return [`${good ? paint("green", "✔") : paint("red", "✖")} ${who}:`, `  ${fate}.`];
}

function disputeLines({ rewards }: Report, dispute: ReportedDispute, paint: Paint): string[] {
  const nameOf = (address: string): string =>
    rewards.find((node) => node.address === address)?.name ?? shortAddress(address);
  const { challenger, trainer, proposer, round, outcome, moves, gas, seconds, takenWei } = dispute;
  const isLost = outcome === "Disproven" || outcome === "DefenderLate";
  const isProven = isLost && takenWei !== "0"; // nothing is taken where somebody else's defence of it was lost
  const claim = trainer === null ? `the aggregate of round ${round}` : `the update of ${nameOf(trainer)}`;
  const what = isProven ? `proved ${claim} false` : `disputed ${claim}`;
  const defender = trainer === null ? nameOf(proposer ?? "") : "trainer";
  return [
    `${isProven ? paint("green", "✔") : paint("yellow", "–")} ${nameOf(challenger)} ${what}: ${outcome} in ${counted(moves, "move")}, ${seconds} s,`,
    `  gas ${grouped(gas.challenger)} and ${grouped(gas.defender)} (${defender}), ${coins(takenWei)} CAIRN slashed.`,
  ];
}

function recomputedLine({ options, recomputed: { equal, digest, chainDigest } }: Report, paint: Paint): string {
  if (equal) {
    const what =
      options.mode === "private" ? "The mean of the accepted updates, round by round" : "The same federated averaging";
    return `${paint("green", "✔")} ${what} in one process: equal weights, bit for bit.`;
  }
  const digests = `${shortDigest(digest)}, the chain has ${shortDigest(chainDigest)}`;
  return `${paint("red", "✖")} The same federated averaging in one process gives other weights: ${digests}.`;
}

function rewardTable({ rewards, nodes }: Report, paint: Paint): string[] {
  const head =
    padEnd("node", 24) + ["CAIRN", "memory MB", "sent MB", "received MB"].map((it) => padStart(it, 12)).join("");
  const lines = rewards.map(({ name, address, paidWei }) => {
    const node = nodes.find((candidate) => candidate.address === address);
    const figures = [node?.maxRssBytes, node?.sentBytes, node?.receivedBytes].map((bytes) => megabytes(bytes ?? 0));
    return (
      padEnd(`${name} ${shortAddress(address)}`, 24) +
      [coins(paidWei), ...figures].map((it) => padStart(it, 12)).join("")
    );
  });
  return [paint("dim", head), ...lines];
}

function gasTable({ gas }: Report, paint: Paint): string[] {
  const row = (name: string, figures: readonly string[]): string =>
    padEnd(name, 24) + figures.map((it) => padStart(it, 12)).join("");
  return [
    paint("dim", row("gas by call", ["calls", "median", "max", "reverted"])),
    ...Object.entries(gas).map(([kind, { count, median, max, reverted }]) =>
      row(kind, [`${count}`, grouped(median), grouped(max), reverted === 0 ? "–" : `${reverted}`]),
    ),
  ];
}

function costs({ options, seconds, bytes, replay }: Report, paint: Paint): string[] {
  const phases = Object.entries(seconds.phases).map(([phase, median]) => `${phase} ${median.toFixed(1)}`);
  const parts = `set-up ${seconds.setUp.toFixed(0)}, rounds ${seconds.rounds.toFixed(0)}, checks ${seconds.checks.toFixed(0)}`;
  return [
    `${paint("dim", "seconds a phase     ")}${phases.slice(0, 4).join(" · ")}`,
    ...(phases.length > 4 ? [`                    ${phases.slice(4).join(" · ")}`] : []),
    `${paint("dim", options.mode === "private" ? "scoring an update   " : "replaying an update ")}${replayText(replay)}`,
    `${paint("dim", "bytes moved         ")}${megabytes(bytes.sent)} MB sent, ${megabytes(bytes.received)} MB received`,
    `${paint("dim", "total               ")}${seconds.total.toFixed(1)} s (${parts})`,
  ];
}

function replayText(replay: ReportedReplay): string {
  const { ratio, replayCpuSeconds, trainCpuSeconds, replaySeconds, trainSeconds } = replay;
  if (ratio === null) return "–";
  const processor = `${fixed(replayCpuSeconds)} s of processor, training it ${fixed(trainCpuSeconds)}: ${ratio.toFixed(2)} times`;
  return `${processor}\n${" ".repeat(20)}(on the clock ${fixed(replaySeconds)} s and ${fixed(trainSeconds)} s; medians)`;
}

function fixed(seconds: number | null): string {
  return seconds === null ? "–" : seconds.toFixed(2);
}

function modelLines({ model, options }: Report, paint: Paint): string[] {
  return [
    `${paint("dim", "model               ")}${model.file}`,
    ...(options.data === "glyphs"
      ? [`${paint("dim", "data                ")}glyphs, built in; for MNIST: npm start -- --data mnist:DIR`]
      : []),
    "Test it on data it was not trained on:",
    `  ${testCommand(model.file, options.data)}`,
  ];
}

/** @returns the shell command that measures the model, quoted where a path needs it. */
export function testCommand(file: string, data: string): string {
  return `npx cairn model test ${shellWord(file)} --data ${shellWord(data)}`;
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function coins(wei: string): string {
  return formatEther(BigInt(wei));
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

function grouped(gas: number): string {
  return Math.round(gas).toLocaleString("en-GB");
}

function shortDigest(digest: string): string {
  return `${digest.slice(0, 10)}…`;
}
