/** Catalogue rows of the command line itself: usage, configuration, keystores. */
import type { CliDetail } from "../cliError.ts";
import type { ConfigDetail } from "../config.ts";
import type { KeystoreDetail } from "../keystore/keystoreError.ts";
import { type Entry, entry } from "./entry.ts";

export const cliErrors = {
  CLI_USAGE: entry("usage", "The command was typed in a way that cairn does not understand.", "cairn help COMMAND"),
  CLI_INPUT_NEEDED: entry(
    "usage",
    "A question would have to be asked, but there is no terminal or --no-input was given.",
    "give the flag that the message names, or run it in a terminal",
  ),
  CLI_CANCELLED: entry("interrupted", "You stopped it.", "nothing was left half done; run it again when you are ready"),
  CLI_UNKNOWN_CODE: entry("usage", "There is no error with this code.", "cairn errors   # lists every code"),
  CLI_FILE_UNREADABLE: entry(
    "data",
    "A file you named cannot be read.",
    "check the path, or correct the line that the message names",
  ),
  CLI_FILE_EXISTS: entry(
    "usage",
    "The output file is there already and was left alone.",
    "choose another file with -o, or say -f to overwrite it",
  ),
  CLI_FILE_UNWRITABLE: entry(
    "config",
    "The output file cannot be written.",
    "check the folder, its rights and the disk",
  ),
  CLI_GPU_NOT_REPLAYABLE: entry(
    "usage",
    "What a graphics card trains nobody can compute again, bit for bit; in a Replayable task it would be refused, and could be disputed.",
    "take part in Private tasks: cairn task list; or train on the processor: --device native",
  ),
  CLI_LOCAL_CHAIN_ONLY: entry(
    "usage",
    "This flag is meant for demonstrations and works on the local chain (31337) only.",
    "leave the flag out, or use a local deployment",
  ),
  CLI_HASH_MISMATCH: entry(
    "mismatch",
    "The bytes are not those that the chain names.",
    "do not use this file; fetch it again: cairn model pull ID",
  ),
  CLI_PACKAGE_FOREIGN: entry(
    "mismatch",
    "A reveal package belongs to another chain, contract, account or round.",
    "choose the account that committed: --account NAME",
    "choose the network that it committed on: --network FILE",
  ),
  CLI_REVEAL_CLOSED: entry(
    "deadline",
    "The round takes no opening of this commitment any more, or there is none to open.",
    "cairn task show ID   # what the round did; a commitment that was not opened is slashed",
  ),
  CLI_DISPUTE_UNKNOWN: entry("usage", "There is no dispute with this number.", "cairn dispute list"),
  CLI_NOT_A_PLAYER: entry(
    "usage",
    "Only the two players of a dispute, and the seconds that they named, may move in it.",
    "cairn dispute show GAME   # who plays it",
    "open a game of your own while the round is in its challenge phase: cairn dispute open TASK --trainer ADDRESS",
  ),
  CLI_NOT_DISPUTABLE: entry(
    "deadline",
    "This update cannot be disputed: the round is not in its challenge phase, or the update was not accepted, or the task's updates are not replayed.",
    "cairn task show ID   # the round's phase, and how long challenges are taken",
  ),
  CLI_NOTHING_FALSE: entry(
    "mismatch",
    "The update is true: the same training here gives the same parameters. A dispute would be lost.",
    "nothing to do",
  ),
  CLI_VOCABULARY_DIFFERS: entry(
    "mismatch",
    "The data's tokens are not those that the model was trained with.",
    "evaluate on text read with the model's own vocabulary: vocabulary=bytes, or the same file of characters",
  ),
  CLI_ENGINE_DIFFERS: entry(
    "mismatch",
    "This machine's training gives other bits than everybody else's, so its work would be refused.",
    "do not stake with it; report processor, operating system and Node version",
  ),
  CLI_MODEL_UNKNOWN: entry("usage", "There is no model or version with this number.", "cairn model list"),
  CLI_TASK_UNKNOWN: entry("usage", "There is no task with this number.", "cairn task list"),
  CLI_GROUP_UNKNOWN: entry("usage", "There is no group of cohorts with this number.", "cairn task list"),
  CLI_GROUP_FULL: entry(
    "usage",
    "All cohorts of the group are full or over.",
    "take part in another task: cairn task list",
  ),
  CLI_DATASET_UNKNOWN: entry("usage", "This data set is not registered.", "cairn data list", "cairn data register REF"),
  CLI_PLAN_MALFORMED: entry(
    "data",
    "A field of the plan is not what it must be.",
    "correct the line that the message names; cairn help train shows a whole plan",
  ),
  CLI_RUN_EXISTS: entry(
    "usage",
    "The output folder holds a run already and was left alone.",
    "go on with it: --resume; begin anew in its place: -f; or choose another folder with -o",
  ),
  CLI_RUN_BUSY: entry(
    "usage",
    "Another training writes into this folder at the moment.",
    "wait for it or stop it, or choose another folder with -o",
  ),
  CLI_RUN_MISSING: entry(
    "usage",
    "There is no run in the output folder to go on with.",
    "leave --resume out, or name the run's folder with -o",
  ),
  CLI_RUN_MALFORMED: entry(
    "data",
    "The record of the run, run.json, cannot be read; its checkpoints were left alone.",
    "restore run.json from a backup, or begin anew in another folder with -o",
  ),
  CLI_RUN_DIFFERS: entry(
    "data",
    "The run was begun with another plan, seed or data set, so going on with it would give a model of neither.",
    "resume with what it was begun with, which run.json says, or choose another folder with -o",
  ),
  CLI_CHECKPOINT_DAMAGED: entry(
    "data",
    "A checkpoint is missing or not as it was written; nothing was changed.",
    "go on from the other one: --resume best, or --resume last",
    "or begin anew in another folder with -o",
  ),
  CLI_MEMORY_SHORT: entry(
    "data",
    "The training needs more memory than is free, and was not begun.",
    "make batchSize smaller in the plan, or the architecture",
    "or end other programs, and run it again",
  ),
} as const satisfies Record<CliDetail["code"], Entry>;

export const configErrors = {
  CONFIG_UNREADABLE: entry("config", "A configuration file cannot be read.", "check that you may read it"),
  CONFIG_MALFORMED: entry(
    "config",
    "A configuration file is not what it should be.",
    "correct the field that the message names; .cairn/cairn.config.schema.json describes them",
  ),
  CONFIG_UNKNOWN_KEY: entry(
    "config",
    "A configuration file has a key that means nothing.",
    "correct or remove it; known keys: network, rpcUrl, maxFeeGwei, account, dataDir, passwordFile, ipfs",
  ),
  CONFIG_EXISTS: entry(
    "config",
    "There is a configuration file already; it was left alone.",
    "edit it, or run cairn init in another folder",
  ),
  CONFIG_UNWRITABLE: entry("config", "The folder cannot be written.", "check the path, its rights and the disk"),
  CONFIG_NETWORK_MISSING: entry(
    "config",
    "No network was named, so cairn does not know where the contracts are.",
    "cairn init --network FILE   # FILE is a deployment record",
    "or give --network FILE, or set CAIRN_NETWORK",
  ),
  CONFIG_NETWORK_UNREADABLE: entry(
    "config",
    "The deployment record cannot be read.",
    "check the path; `npm start -- --keep` writes one for a local chain",
  ),
} as const satisfies Record<ConfigDetail["code"], Entry>;

export const keystoreErrors = {
  KEYSTORE_NOT_FOUND: entry(
    "config",
    "There is no keystore under this name.",
    "cairn keys new NAME   # or: cairn keys import NAME",
    "cairn keys list   # shows those that exist",
  ),
  KEYSTORE_EXISTS: entry(
    "config",
    "A keystore is there already; keys are never overwritten.",
    "choose another name, or move the old file away",
  ),
  KEYSTORE_UNREADABLE: entry("config", "The keystore cannot be read.", "check its owner and rights"),
  KEYSTORE_UNWRITABLE: entry("config", "The keystore cannot be written.", "check the folder, its rights and the disk"),
  KEYSTORE_MALFORMED: entry(
    "config",
    "The file is not a version 3 keystore.",
    "name a keystore made by cairn, cast or geth",
  ),
  KEYSTORE_UNSUPPORTED: entry(
    "config",
    "The keystore uses a cipher, a cost or a version that cairn does not read.",
    "re-encrypt the key: cast wallet import NAME --interactive",
  ),
  KEYSTORE_WRONG_PASSWORD: entry(
    "config",
    "The keystore does not open: wrong password or damaged file.",
    "try again; with a password file, check it for stray spaces or lines",
    "a damaged file can only be replaced by its backup",
  ),
  KEYSTORE_PASSWORD_UNREADABLE: entry(
    "config",
    "The password file cannot be read.",
    "check --password-file, CAIRN_PASSWORD_FILE and passwordFile",
  ),
  KEYSTORE_PASSWORD_EMPTY: entry("config", "An empty password protects nothing.", "give a password"),
  KEYSTORE_PASSWORD_DIFFERS: entry("config", "The two passwords are not the same.", "run it again"),
  KEYSTORE_NAME_INVALID: entry("usage", "The name cannot be the name of a keystore.", "use letters, digits, - and _"),
  KEYSTORE_KEY_INVALID: entry(
    "config",
    "The text is not a private key.",
    "give 64 hex digits, with or without 0x, on stdin or at the prompt",
  ),
} as const satisfies Record<KeystoreDetail["code"], Entry>;
