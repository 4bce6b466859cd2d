/**
 * What a tab computes on: the processor, or a graphics card with the processor behind it where the visitor allowed that.
 *
 * Chooses, measures, and goes over to the processor when the card fails. Knows no plan and no data set.
 */
import type { Executor } from "@cairn/trainer/engine/executor";
import { initialParameters } from "@cairn/trainer/engine/initialParameters";
import type { TrainingProgram } from "@cairn/trainer/engine/program";
import type { StreamingExecutor } from "@cairn/trainer/engine/webgpu/webgpuExecutor";
import { trainOnCard } from "@cairn/trainer/learning/cardTraining";
import { type LocalTrainingJob, type LocalUpdate, trainLocally } from "@cairn/trainer/learning/localTraining";
import { isTagged } from "@cairn/trainer/protocol/errors";
import { TrainError } from "../trainError.ts";
import type { DeviceWish } from "./deviceChoice.ts";
import { type MeasureSettings, measureCard, measureProcessor, stepsAtOnce } from "./measure.ts";
import type { Yield } from "./pacer.ts";
import type { Device, DeviceNotice, Speed } from "./trainCalls.ts";

/** A card with a program on it. */
export interface TabCard {
  readonly executor: StreamingExecutor;
  /** The adapter's, for people. */
  readonly name: string;
  /** Whether it is computed on the processor. */
  readonly isSoftware: boolean;
  dispose(): void;
}

/** What the worker lends. */
export interface MachineTools {
  readonly createExecutor: (
    program: TrainingProgram,
    threads: number,
  ) => Promise<{ readonly executor: Executor; readonly threads: number }>;
  /** @throws where no card can be used; what has no code of its own becomes `TRAIN_GPU_FAILED` */
  readonly openCard: (program: TrainingProgram) => Promise<TabCard>;
  /** Lets messages in. */
  readonly yieldToMessages: Yield;
  readonly nowMs: () => number;
}

export interface MachineOptions {
  readonly program: TrainingProgram;
  /** Range: 1 … 64. */
  readonly threads: number;
  readonly wish: DeviceWish;
  /** Why no card may train here. */
  readonly refusal: TrainError | undefined;
}

type Job = Omit<LocalTrainingJob, "executor">;
type Measuring = Pick<MeasureSettings, "records" | "seconds" | "signal">;

export interface MadeUpdate extends LocalUpdate {
  readonly device: Device;
}

export interface Machine {
  /** Measures all that may be used, and settles on the fastest. @throws as {@link openMachine}, and what training finds */
  measure(settings: Measuring): Promise<Speed>;
  /**
   * Trains, from the base again when the card fails and the processor may take over.
   *
   * @param onFallBack told before the processor begins.
   * @throws what `trainOnCard` finds, where the processor may not take over; the card is then opened anew the next time
   */
  train(job: Job, onFallBack: (notice: DeviceNotice) => void): Promise<MadeUpdate>;
  /** From now on nothing but the processor is used. */
  leaveCard(): void;
  dispose(): void;
}

/**
 * Opens what the visitor wants to compute on.
 *
 * @throws a coded error when a card is wanted, can't be used, and the processor may not take over
 */
export async function openMachine(tools: MachineTools, options: MachineOptions): Promise<Machine> {
  const machine = new TabMachine(tools, options);
  await machine.open();
  return machine;
}

/** A class for its lifecycle: what it holds of card and processor changes with what fails. */
class TabMachine implements Machine {
  readonly #tools: MachineTools;
  readonly #options: MachineOptions;
  #wish: DeviceWish;
  #card: TabCard | undefined;
  #processor: { readonly executor: Executor; readonly threads: number } | undefined;
  #notice: DeviceNotice | undefined;
  #stepsAtOnce = 1;

  constructor(tools: MachineTools, options: MachineOptions) {
    this.#tools = tools;
    this.#options = options;
    this.#wish = options.wish;
  }

  async open(): Promise<void> {
    const { choice } = this.#wish;
    if (choice === "wasm") return void (await this.#openProcessor());
    try {
      if (this.#options.refusal !== undefined) throw this.#options.refusal;
      this.#card = await this.#tools.openCard(this.#options.program);
      const { name, isSoftware } = this.#card;
      if (choice === "auto" && isSoftware) {
        throw new TrainError({ code: "TRAIN_GPU_SOFTWARE", name }, `${name} is computed on the processor`);
      }
    } catch (error) {
      this.#fallBack(error);
      await this.#openProcessor();
    }
  }

  async measure(measuring: Measuring): Promise<Speed> {
    const parameters = initialParameters(this.#options.program, new Uint8Array(32));
    const settings = { ...measuring, ...this.#tools, parameters };
    const card = this.#card;
    let stepsPerSecond: number | undefined;
    if (card !== undefined) {
      try {
        stepsPerSecond = await measureCard(card.executor, settings);
        this.#stepsAtOnce = stepsAtOnce(stepsPerSecond);
      } catch (error) {
        measuring.signal.throwIfAborted();
        this.#fallBack(error);
      }
    }
    if (stepsPerSecond !== undefined && this.#wish.choice === "gpu") return this.#speed(stepsPerSecond);
    const { executor } = await this.#openProcessor();
    const own = await measureProcessor(executor, settings);
    if (stepsPerSecond === undefined) return this.#speed(own);
    if (stepsPerSecond > own) {
      this.#closeProcessor(); // opened again should the card fail
      return this.#speed(stepsPerSecond, own);
    }
    const { batchSize } = this.#options.program;
    const [theirs, ours] = [stepsPerSecond, own].map((steps) => Math.round(steps * batchSize));
    const figures = `${card!.name}: ${theirs} samples/s; the processor: ${ours}`;
    this.#fallBack(new TrainError({ code: "TRAIN_GPU_SLOWER", name: card!.name, figures }, figures));
    return this.#speed(own, stepsPerSecond);
  }

  async train(job: Job, onFallBack: (notice: DeviceNotice) => void): Promise<MadeUpdate> {
    if (this.#wantsCard()) {
      try {
        this.#card ??= await this.#tools.openCard(this.#options.program); // it was lost the last time
        const { executor: card } = this.#card;
        const update = await trainOnCard({ ...job, card, stepsAtOnce: this.#stepsAtOnce });
        return { ...update, device: this.#device() };
      } catch (error) {
        job.signal?.throwIfAborted();
        this.#fallBack(error);
        onFallBack(this.#notice!);
      }
    }
    const { executor } = await this.#openProcessor();
    return { ...(await trainLocally({ ...job, executor })), device: this.#device() };
  }

  leaveCard(): void {
    this.#closeCard();
    this.#wish = { choice: "wasm", mayFallBack: true };
  }

  dispose(): void {
    this.#closeCard();
    this.#closeProcessor();
  }

  #wantsCard(): boolean {
    return this.#wish.choice !== "wasm" && this.#notice === undefined;
  }

  /** A card that failed once isn't asked again, unless nothing else may compute. */
  #fallBack(error: unknown): void {
    this.#closeCard();
    const coded = isTagged(error) ? error : driverFailed(error);
    if (this.#wish.choice === "gpu" && !this.#wish.mayFallBack) throw coded;
    this.#notice = { code: coded.code, message: coded.message };
  }

  async #openProcessor(): Promise<{ readonly executor: Executor; readonly threads: number }> {
    const { program, threads } = this.#options;
    this.#processor ??= await this.#tools.createExecutor(program, threads);
    return this.#processor;
  }

  #closeProcessor(): void {
    this.#processor?.executor.dispose();
    this.#processor = undefined;
  }

  #closeCard(): void {
    this.#card?.dispose();
    this.#card = undefined;
  }

  #device(): Device {
    if (this.#card === undefined) return { kind: "wasm", threads: this.#processor?.threads ?? 1 };
    const { name, isSoftware } = this.#card;
    return { kind: "gpu", name, isSoftware };
  }

  #speed(stepsPerSecond: number, other?: number): Speed {
    const { batchSize } = this.#options.program;
    return {
      ...{ stepsPerSecond, samplesPerSecond: stepsPerSecond * batchSize, device: this.#device() },
      ...(other !== undefined && { otherSamplesPerSecond: other * batchSize }),
      ...(this.#notice !== undefined && { notice: this.#notice }),
    };
  }
}

/** What a driver throws has no code of its own. */
function driverFailed(cause: unknown): TrainError {
  const problem = cause instanceof Error ? cause.message : String(cause);
  return new TrainError({ code: "TRAIN_GPU_FAILED", problem }, `the graphics card failed: ${problem}`, { cause });
}
