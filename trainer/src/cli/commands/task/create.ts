/** `cairn task create`: opens a training task, from flags or from a file, and keeps serving it if asked. */

import { resolve } from "node:path";
import type { Command } from "commander";
import type { Chain } from "../../../chain/connection.ts";
import type { Dataset } from "../../../data/dataset.ts";
import { requireReplayable } from "../../../learning/compression/compression.ts";
import type { ContentStore } from "../../../network/contentStore.ts";
import { amount, wholeNumber } from "../../arguments.ts";
import { openChain } from "../../chainAccess.ts";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { confirm } from "../../confirm.ts";
import { cohortChoices } from "../../groupChoices.ts";
import type { GroupCreation } from "../../groupCreation.ts";
import { withExamples } from "../../help.ts";
import { shortUnits18 } from "../../jsonText.ts";
import { loadDataset } from "../../loadDataset.ts";
import { fields } from "../../table.ts";
import { offerData, offerRows } from "../../taskOffer.ts";
import { readTaskFile, type TaskOptions, taskTerms, trainingChoices } from "../../taskOptions.ts";
import { escrowOf, taskParameters } from "../../taskTerms.ts";

interface Options extends TaskOptions {
  readonly file?: string;
  readonly dryRun?: true;
  readonly serve?: true;
}

export function defineTaskCreate(parent: Command, session: Session): void {
  const command = parent.command("create").summary("open a training task");
  withExamples(
    command,
    "cairn task create --data mnist:./mnist --dry-run",
    "cairn task create --data glyphs --model mlp:128 --rounds 10 --serve",
    "cairn task create -f task.yaml --yes",
    "cairn task create --data glyphs --trainers 600 --cohorts 3 --dry-run",
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
    .option("--trainers <n>", "places; each trains on one shard (default: 4)", wholeNumber(1, 65_536))
    .option(
      "--min-trainers <n>",
      "trainers that must be there before a round opens (default: all)",
      wholeNumber(1, 65_536),
    )
    .option(
      "--cohorts <n>",
      "split places and budget between n tasks that train one model together; needed above 256 places",
      wholeNumber(2, 256),
    )
    .option(
      "--gather-seconds <n>",
      "longest wait of a ready cohort for the others (default: what a round with a redraw can take)",
      wholeNumber(1, 31_536_000),
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
  const { cohorts = 1, gatherSeconds } = options;
  const choices = { training: await trainingChoices(options, dataset, host.cwd), terms: taskTerms(options) };
  if (choices.terms.mode !== "Private") requireReplayable(choices.training.compression);
  const [first] = cohortChoices({ ...choices, cohorts });
  const prepared = prepareTraining(dataset, first.training); // before anybody is asked for a password

  const dryRun = flags.dryRun === true;
  const { chain, config } = await openChain(context, { sign: !dryRun });
  const parameters = taskParameters(first.terms, await chain.read("flContract", "limits", [], { signal }));
  const offer = {
    dataset,
    prepared,
    parameters,
    escrowWei: BigInt(cohorts) * escrowOf(parameters),
    cohorts,
    gatherSeconds,
  };
  if (dryRun) {
    output.say("dry run: nothing was sent");
    return { data: offerData(offer), text: (paint) => fields(offerRows(offer), paint) };
  }
  output.say(fields(offerRows(offer), (_, text) => text));
  await confirm(
    context,
    `Escrow ${shortUnits18(offer.escrowWei)} CAIRN and open ${cohorts === 1 ? "this task" : `these ${cohorts} tasks`}?`,
  );

  const { openNodeStore } = await import("../../stores.ts");
  const store = await openNodeStore(config, undefined);
  let serving = false;
  try {
    const onStep = (step: string): void => output.progress(`${step} …`);
    const options = { ...choices, cohorts, gatherSeconds };
    const { said, id, created } = await createOffered({ chain, store, dataset, options, signal, onStep });
    output.done(said);
    const result = { data: { ...created, ...offerData(offer) }, text: () => id.toString() };
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

/** @returns what there is now, as a sentence, and the number of the task or of the group. */
async function createOffered(creation: GroupCreation) {
  const { options, ...rest } = creation;
  if (options.cohorts === 1) {
    const { createTrainingTask } = await import("../../taskCreation.ts");
    const created = await createTrainingTask({ ...rest, options });
    const said = `task ${created.taskId} is open (model ${created.modelId}, data set ${created.datasetId})`;
    return { said, id: created.taskId, created };
  }
  const { createTrainingGroup } = await import("../../groupCreation.ts");
  const created = await createTrainingGroup(creation);
  const ids = created.tasks.map(({ taskId }) => taskId).join(", ");
  const said = `group ${created.groupId} is open: tasks ${ids} (model ${created.modelId}, data set ${created.datasetId})`;
  return { said, id: created.groupId, created };
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
