/** `cairn task create`: opens a training task, from flags or from a file, and keeps serving it if asked. */

import { resolve } from "node:path";
import type { Command } from "commander";
import type { Chain } from "../../../chain/connection.ts";
import type { Dataset } from "../../../data/dataset.ts";
import { requireReplayable } from "../../../learning/compression/compression.ts";
import type { ContentStore } from "../../../network/contentStore.ts";
import { counted } from "../../../protocol/counted.ts";
import { amount, wholeNumber } from "../../arguments.ts";
import { openChain } from "../../chainAccess.ts";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { confirm } from "../../confirm.ts";
import { withExamples } from "../../help.ts";
import { cairnAmount, shortUnits18 } from "../../jsonText.ts";
import { loadDataset } from "../../loadDataset.ts";
import { compressionText, ruleText } from "../../planText.ts";
import { fields, rangeText } from "../../table.ts";
import { readTaskFile, type TaskOptions, taskTerms, trainingChoices } from "../../taskOptions.ts";
import type { PreparedTraining } from "../../taskPlan.ts";
import { escrowOf, type TaskParametersTerms, taskParameters } from "../../taskTerms.ts";
import { durationText } from "../../timeText.ts";

interface Options extends TaskOptions {
  readonly file?: string;
  readonly dryRun?: true;
  readonly serve?: true;
}

interface Offer {
  readonly dataset: Dataset;
  readonly prepared: PreparedTraining;
  readonly parameters: TaskParametersTerms;
  readonly escrowWei: bigint;
}

export function defineTaskCreate(parent: Command, session: Session): void {
  const command = parent.command("create").summary("open a training task");
  withExamples(
    command,
    "cairn task create --data mnist:./mnist --dry-run",
    "cairn task create --data glyphs --model mlp:128 --rounds 10 --serve",
    "cairn task create -f task.yaml --yes",
  )
    .description(
      "Opens a task: stores plan, first weights and manifest, registers data set and model, and escrows the budget. Somebody must serve what was stored until a node has it: --serve does.",
    )
    .option("-f, --file <file>", "options in a YAML or JSON file, by their long names; flags win over it")
    .option("--data <ref>", "glyphs, mnist, fashion-mnist, mnist:DIR, fashion-mnist:DIR or idx:DIR")
    .option(
      "--model <what>",
      "mlp:128, lenet5, cnn:32,32,64,64, transformer:2x128, linear, or an architecture's YAML or JSON file (default: mlp:128)",
    )
    .option(
      "--mode <mode>",
      "replayable: updates are computed again; private: they are scored on the data's test split, and trainers may use data of their own (default: replayable)",
    )
    .option("--model-name <text>", "name of the model on chain (default: DATA-mlp)")
    .option("--rounds <n>", "rounds (default: 10)", wholeNumber(1, 65_534))
    .option("--trainers <n>", "places; each trains on one shard (default: 4)", wholeNumber(1, 256))
    .option(
      "--min-trainers <n>",
      "trainers that must be there before a round opens (default: all)",
      wholeNumber(1, 256),
    )
    .option("--committee <n>", "auditors drawn a round (default: 3)", wholeNumber(1, 24))
    .option("--quorum <n>", "of them that must agree (default: more than half)", wholeNumber(1, 24))
    .option("--reward <amount>", "CAIRN for an accepted update (default: 1)", amount)
    .option("--verdict-reward <amount>", "CAIRN for a verdict (default: 0.5)", amount)
    .option("--min-stake <amount>", "CAIRN a trainer must stake (default: 20 times the reward)", amount)
    .option("--batch <n>", "examples a step (default: 32)", wholeNumber(1, 4_096))
    .option("--local-epochs <n>", "passes over the shard in a round (default: 1)", wholeNumber(1, 1_000))
    .option("--learning-rate <x>", "learning rate of SGD (default: 0.1)", Number)
    .option("--momentum <x>", "momentum of SGD (default: 0.9)", Number)
    .option("--partition <rule>", "iid, dirichlet:ALPHA or class:N (default: iid)")
    .option(
      "--aggregation <rule>",
      "how updates become a version: centeredClipping, fedavg … (docs/cli.md; default: the first)",
    )
    .option("--seed <n>", "keys first weights and partition (default: random)", wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option("--phase-seconds <n>", "longest time for a phase (default: 300)", wholeNumber(1, 31_536_000))
    .option("-n, --dry-run", "show what would be opened and what it costs; send nothing")
    .option("--serve", "keep serving plan and weights until Ctrl-C")
    .action(action(session, "task.create", taskCreate));
}

async function taskCreate(context: Context, flags: Options): Promise<Outcome> {
  const { host } = context;
  const options = flags.file === undefined ? flags : await readTaskFile(resolve(host.cwd, flags.file), flags);
  const dataset = await loadDataset(context, options.data ?? "glyphs");
  try {
    return await openTask(context, { flags, options, dataset });
  } finally {
    dataset.close();
  }
}

interface Asked {
  readonly flags: Options;
  /** Those of the file too. */
  readonly options: TaskOptions;
  readonly dataset: Dataset;
}

async function openTask(context: Context, { flags, options, dataset }: Asked): Promise<Outcome> {
  const { host, signal, output } = context;
  const { prepareTraining } = await import("../../taskPlan.ts");
  const training = await trainingChoices(options, dataset, host.cwd);
  const terms = taskTerms(options);
  if (terms.mode !== "Private") requireReplayable(training.compression);
  const prepared = prepareTraining(dataset, training); // before anybody is asked for a password

  const dryRun = flags.dryRun === true;
  const { chain, config } = await openChain(context, { sign: !dryRun });
  const parameters = taskParameters(terms, await chain.read("flContract", "limits", [], { signal }));
  const offer = { dataset, prepared, parameters, escrowWei: escrowOf(parameters) };
  if (dryRun) {
    output.say("dry run: nothing was sent");
    return { data: offerData(offer), text: (paint) => fields(offerRows(offer), paint) };
  }
  output.say(fields(offerRows(offer), (_, text) => text));
  await confirm(context, `Escrow ${shortUnits18(offer.escrowWei)} CAIRN and open this task?`);

  const [{ createTrainingTask }, { openNodeStore }] = await Promise.all([
    import("../../taskCreation.ts"),
    import("../../stores.ts"),
  ]);
  const store = await openNodeStore(config, undefined);
  let serving = false;
  try {
    const onStep = (step: string): void => output.progress(`${step} …`);
    const created = await createTrainingTask({ chain, store, dataset, options: { training, terms }, signal, onStep });
    output.done(`task ${created.taskId} is open (model ${created.modelId}, data set ${created.datasetId})`);
    const result = { data: { ...created, ...offerData(offer) }, text: () => created.taskId.toString() };
    if (flags.serve !== true) {
      output.warn("nobody serves plan and weights now; cairn node start with this data folder does, or --serve");
      return result;
    }
    await announceContent(context, chain, { dataDir: config.settings.dataDir, store });
    serving = true;
    return { ...result, afterwards: () => serve(context, store) };
  } finally {
    if (!serving) await store.stop();
  }
}

interface Served {
  readonly dataDir: string;
  readonly store: ContentStore;
}

/** Tells `NodeRegistry` where the content is; roles that the account has announced stay as they are. */
async function announceContent({ signal }: Context, chain: Chain, { dataDir, store }: Served): Promise<void> {
  const [{ announceNode }, { openNodeKeys }, { CAPABILITY }] = await Promise.all([
    import("../../../node/announcement.ts"),
    import("../../../node/nodeKeys.ts"),
    import("../../../protocol/nodeIdentity.ts"),
  ]);
  const { capabilities } = await chain.read("nodeRegistry", "nodeOf", [chain.account!.address], { signal });
  const announced = (["trainer", "auditor"] as const).filter((role) => (capabilities & CAPABILITY[role]) !== 0);
  const roles = announced.length === 0 ? (["trainer"] as const) : announced;
  const keys = await openNodeKeys(dataDir);
  await announceNode(chain, { keys, multiaddrs: store.peer.multiaddrs, roles }, { signal });
}

/** Waits for Ctrl-C. */
async function serve({ output, signal }: Context, store: ContentStore): Promise<void> {
  output.say(`serving plan and weights as ${store.peer.peerId}; Ctrl-C stops`);
  if (!signal.aborted) {
    await new Promise<void>((done) => signal.addEventListener("abort", () => done(), { once: true }));
  }
  await store.stop();
}

function offerRows({ dataset, prepared, parameters: p, escrowWei }: Offer): readonly (readonly [string, string])[] {
  const { plan, parameterCount } = prepared;
  return [
    [
      "data",
      `${dataset.manifest.name}, ${counted(dataset.train.count, "training record")} in ${counted(plan.data.shards, "shard")}`,
    ],
    ["model", `${counted(parameterCount, "parameter")}, ${prepared.updateBytes} bytes an update`],
    ["training", `${counted(plan.localSteps, "step")} of ${plan.batchSize} a round, trace every ${plan.traceStride}`],
    ["aggregation", ruleText(plan.aggregation)],
    ...(plan.compression === undefined ? [] : [["compression", compressionText(plan.compression)] as const]),
    ["rounds", `${p.rounds}, each with ${rangeText(p.minTrainers, p.maxTrainers)} trainers`],
    ["committee", `${p.committeeSize} drawn by stake, ${p.quorum} must agree`],
    [
      "pays",
      `${shortUnits18(p.rewardPerUpdateWei)} CAIRN an accepted update, ${shortUnits18(p.rewardPerVerdictWei)} a verdict`,
    ],
    [
      "stake",
      `${shortUnits18(p.minStakeWei)} CAIRN a trainer; a missed reveal costs ${shortUnits18(p.missedRevealSlashWei)}`,
    ],
    ["phases", `${durationText(p.commitSeconds)} at most each, challenge ${durationText(p.challengeSeconds)}`],
    ["escrow", `${shortUnits18(escrowWei)} CAIRN; what nobody earns comes back with task close`],
  ];
}

function offerData({ prepared, parameters, escrowWei }: Offer): object {
  const { rewardPerUpdateWei, rewardPerVerdictWei, minStakeWei, missedRevealSlashWei, ...rest } = parameters;
  return {
    plan: prepared.plan,
    parameterCount: prepared.parameterCount,
    updateBytes: prepared.weightsBytes.length,
    terms: {
      ...rest,
      rewardPerUpdate: cairnAmount(rewardPerUpdateWei),
      rewardPerVerdict: cairnAmount(rewardPerVerdictWei),
      minStake: cairnAmount(minStakeWei),
      missedRevealSlash: cairnAmount(missedRevealSlashWei),
    },
    escrow: cairnAmount(escrowWei),
  };
}
