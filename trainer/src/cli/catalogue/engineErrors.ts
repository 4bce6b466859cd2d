/** Catalogue rows of the engine and of what is built on it. */
import type { ComputeDetail } from "../../compute/computeError.ts";
import type { EngineDetail } from "../../engine/errors.ts";
import type { ThreadsNotice } from "../../engine/wasm/browserWorkers.ts";
import type { LearningDetail } from "../../learning/errors.ts";
import type { SimulationDetail } from "../../simulation/simulationError.ts";
import { type Entry, entry } from "./entry.ts";

export const engineErrors = {
  ENGINE_ARCHITECTURE_MALFORMED: entry(
    "data",
    "The architecture has a field or layer that is missing, unknown or out of range.",
    "correct the field that the message names",
  ),
  ENGINE_ARCHITECTURE_TOO_LARGE: entry(
    "data",
    "The architecture is larger than the engine allows.",
    "use fewer units or layers, or a smaller batch",
  ),
  ENGINE_LAYER_SHAPE: entry(
    "data",
    "A layer does not fit the shape that reaches it.",
    "correct the layer that the message names; dense layers need a flat input: put flatten before",
  ),
  ENGINE_OPTIMISER_MALFORMED: entry(
    "data",
    "The optimiser has a field that is missing, unknown or out of range.",
    "correct the field that the message names",
  ),
  ENGINE_BATCH_MISMATCH: entry(
    "data",
    "Inputs or targets do not fit the program.",
    "check that the architecture's input is the data's shape: cairn data inspect REF",
  ),
  ENGINE_LABEL_OUT_OF_RANGE: entry(
    "data",
    "A target names a class that the model does not have.",
    "give the last dense layer as many units as there are classes",
  ),
  ENGINE_TOKEN_OUT_OF_RANGE: entry(
    "data",
    "An input names a token that the model's embedding does not have.",
    "give the embedding the vocabulary that the data were made with",
  ),
  ENGINE_NOT_FINITE: entry(
    "data",
    "A number became infinite or NaN; the message names where first.",
    "train with a lower learning rate, or add clipNorm to the optimiser",
    "if it came from somebody's file: do not use that file",
  ),
  ENGINE_THREAD_LOST: entry(
    "deadline",
    "A thread of the engine was ended from outside.",
    "start again: what was trained up to the last checkpoint is kept",
    "use one thread when it happens again",
  ),
  ENGINE_DEVICE_LOST: entry(
    "deadline",
    "The graphics card was taken away, or its driver hangs.",
    "start again: what was trained up to the last checkpoint is kept",
    "train on the processor: --device native",
  ),
  ENGINE_DEVICE_LIMIT: entry(
    "config",
    "The program needs a larger buffer than this graphics card gives.",
    "use a smaller batch, or train on the processor: --device native",
  ),
  ENGINE_OUT_OF_MEMORY: entry(
    "config",
    "The program needs more memory than the engine can have.",
    "use a smaller batch, or a smaller architecture",
    "WebAssembly reaches 4 GiB; the native engine has no such limit: cairn doctor says whether it is there",
  ),
  ENGINE_PARAMETERS_MISMATCH: entry(
    "data",
    "The weights are not those of this architecture.",
    "check that model and architecture belong together: cairn model show ID",
  ),
  ENGINE_BYTES_TOO_LARGE: entry("data", "The file is longer than these weights can be.", "do not use this file"),
  ENGINE_SAFETENSORS_MALFORMED: entry(
    "data",
    "The file is not a canonical safetensors file.",
    "a file that another program wrote: cairn model import FILE --architecture WHAT writes it anew",
    "a file that was cut short: copy it again",
    "a file from a stranger that cannot be imported either: do not use it",
  ),
  ENGINE_CHECKPOINT_MALFORMED: entry(
    "data",
    "The checkpoint misses a part or holds one too many.",
    "do not use this file",
  ),
} as const satisfies Record<EngineDetail["code"], Entry>;

/** Of choosing what computes; the second is a notice that comes as data, and no failure. */
export const computeErrors = {
  COMPUTE_NATIVE_OUT_OF_MEMORY: entry(
    "config",
    "The native engine was asked for and gets less memory than the program needs.",
    "use a smaller batch, fewer threads, or a machine with more memory",
  ),
  COMPUTE_GPU_UNAVAILABLE: entry(
    "config",
    "A graphics card was asked for and none can be used.",
    "npm run setup -- --gpu (in Cairn's folder) installs what reaches it; it needs the card's own driver, on Linux a Vulkan one",
    "cairn doctor says what was found; or train on the processor: --device native",
  ),
  COMPUTE_NATIVE_UNAVAILABLE: entry(
    "config",
    "The native engine was asked for and cannot be used.",
    "npm run setup (in Cairn's folder) builds it, where there is a C compiler",
    "leave the choice to Cairn: it computes the same bits in WebAssembly",
  ),
  ENGINE_THREADS_UNAVAILABLE: entry(
    "config",
    "The page may not share memory, so the engine computes on one thread.",
    "serve it with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp",
  ),
} as const satisfies Record<ComputeDetail["code"] | ThreadsNotice["code"], Entry>;

export const learningErrors = {
  LEARNING_DATA_MISMATCH: entry(
    "data",
    "The architecture does not fit the data.",
    "cairn data inspect REF shows the data's shape and classes",
    "the architecture's input and its last layer must have those sizes",
  ),
  LEARNING_SHARD_EMPTY: entry("data", "There are no records to train on.", "use more data or fewer shards"),
  LEARNING_RECORD_OUT_OF_RANGE: entry(
    "data",
    "A record's number is beyond the end of the data.",
    "check that this is the task's data: cairn data inspect REF",
  ),
  LEARNING_RULE_MALFORMED: entry(
    "data",
    "A partition or aggregation rule, or a compression, has a field that is missing, unknown or out of range.",
    "correct the field that the message names",
  ),
  LEARNING_TOO_FEW_RECORDS: entry(
    "data",
    "There are fewer records than shards need.",
    "use more data, or fewer trainers",
  ),
  LEARNING_NO_UPDATES: entry(
    "mismatch",
    "There is no accepted update to aggregate.",
    "the round fails and its budget returns; see who was refused: cairn watch ID",
  ),
  LEARNING_TOO_FEW_UPDATES: entry(
    "mismatch",
    "The rule cannot bear as many bad updates as its plan says with so few updates.",
    "open the task with more trainers, or a rule with a smaller byzantine",
    "median, geometricMedian and centeredClipping have no such limit",
  ),
  LEARNING_NONE_TRUSTED: entry(
    "mismatch",
    "No update points where the one from the root records does, so there is nothing to average.",
    "the round fails and its budget returns; see who trained: cairn watch ID",
    "use more root records when this happens without anybody lying",
  ),
  LEARNING_ROOT_MISSING: entry(
    "mismatch",
    "The rule needs weights trained on the public root records, and there are none.",
    "please report it: whoever aggregates trains them first",
  ),
  LEARNING_STATE_MISMATCH: entry(
    "mismatch",
    "The state stored beside a version is not one of this model's aggregation.",
    "do not use this version: it is not what the rule gives",
  ),
  LEARNING_RULE_OPTIMISER: entry(
    "data",
    "The aggregation rule needs another local optimiser than the plan's.",
    "scaffold needs sgd with momentum 0, a constant learning rate and no weight decay; fednova needs sgd",
  ),
  LEARNING_COMPRESSED_MALFORMED: entry(
    "mismatch",
    "A compressed update is cut, padded, damaged, of another size or of an unknown version.",
    "leave this update out; its sender compresses it again for this model",
  ),
  LEARNING_FEEDBACK_NOT_REPLAYABLE: entry(
    "data",
    "Error feedback makes an update depend on its trainer's earlier ones, so nobody can replay it.",
    "set compression.errorFeedback to false, or open the task with mode: private",
  ),
  LEARNING_DUPLICATE_ADDRESS: entry(
    "mismatch",
    "One trainer has two updates in a round.",
    "please report it: the contract should refuse this",
  ),
  LEARNING_UPDATE_MISMATCH: entry("mismatch", "An update has other tensors than the model.", "it must not be accepted"),
  LEARNING_NOT_FINITE: entry(
    "data",
    "The aggregate or an update holds an infinity or a NaN.",
    "train with a lower learning rate",
  ),
} as const satisfies Record<LearningDetail["code"], Entry>;

export const simulationErrors = {
  SIMULATION_THREAD_LOST: entry(
    "deadline",
    "A thread of the simulation did not start or ended.",
    "go on from the last checkpoint: --resume",
    "use fewer threads when it happens again: --threads 1",
  ),
  SIMULATION_SCENARIO_IMPOSSIBLE: entry(
    "data",
    "The plan's simulation asks for what cannot be.",
    "correct the field that the message names",
  ),
} as const satisfies Record<SimulationDetail["code"], Entry>;
