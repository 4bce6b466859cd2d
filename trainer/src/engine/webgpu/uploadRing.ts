/**
 * Large batches on their way to a card, through buffers that stay mapped between uses.
 *
 * `writeBuffer` takes fresh memory for each call, and the system clears fresh memory page by page: for 6 MB that took ten
 * times as long as copying them. Here a buffer is written, copied from on the card, and mapped again for a later step.
 */
import { MAP_WRITE, USAGE } from "./gpuConstants.ts";

/** Steps' batches that may be on their way at once: one is written while others are copied or computed on. */
const MOST_BUFFERS = 4;

/** Below so many bytes a step a buffer's mapping costs more than it saves. Source: `npm run bench:gpu -- --sweep`. */
export const RING_BYTES = 2 ** 18;

/** What goes from the start of a written buffer to its place, and so on. */
export interface Upload {
  readonly target: GPUBuffer;
  /** Unit: bytes, a multiple of 4. */
  readonly offset: number;
  readonly data: Float32Array;
}

/** A class for its buffers: each is mapped, or on its way. */
export class UploadRing {
  readonly #device: GPUDevice;
  readonly #bytes: number;
  readonly #mapped: GPUBuffer[] = [];
  readonly #all: GPUBuffer[] = [];
  /** Settles with the next that is mapped again. */
  #next = Promise.withResolvers<void>();

  /** @param bytes of one step's uploads together; a multiple of 4 */
  constructor(device: GPUDevice, bytes: number) {
    this.#device = device;
    this.#bytes = bytes;
  }

  /** Whether {@link stage} would find no buffer. */
  get isFull(): boolean {
    return this.#mapped.length === 0 && this.#all.length === MOST_BUFFERS;
  }

  /** Settles when {@link stage} may find a buffer again; never, where the card hangs. */
  freed(): Promise<void> {
    return this.#next.promise;
  }

  /**
   * Copies the data, and encodes their way to their targets.
   *
   * @returns what to call once the encoder's commands are submitted; `undefined`, and nothing is encoded, where none is free.
   */
  stage(encoder: GPUCommandEncoder, uploads: readonly Upload[]): (() => void) | undefined {
    const buffer = this.#mapped.pop() ?? this.#create();
    if (buffer === undefined) return undefined;
    const bytes = new Float32Array(buffer.getMappedRange());
    let at = 0;
    for (const { data } of uploads) {
      bytes.set(data, at);
      at += data.length;
    }
    buffer.unmap();
    at = 0;
    for (const { target, offset, data } of uploads) {
      encoder.copyBufferToBuffer(buffer, 4 * at, target, offset, data.byteLength);
      at += data.length;
    }
    return () => {
      buffer.mapAsync(MAP_WRITE).then(
        () => this.#isFree(buffer),
        () => {}, // the device is lost, or the buffer was destroyed: whoever waits hears of that
      );
    };
  }

  dispose(): void {
    for (const buffer of this.#all) buffer.destroy();
  }

  #create(): GPUBuffer | undefined {
    if (this.#all.length === MOST_BUFFERS) return undefined;
    const usage = USAGE.mapWrite | USAGE.copySource;
    const buffer = this.#device.createBuffer({ label: "upload", size: this.#bytes, usage, mappedAtCreation: true });
    this.#all.push(buffer);
    return buffer;
  }

  #isFree(buffer: GPUBuffer): void {
    this.#mapped.push(buffer);
    this.#next.resolve();
    this.#next = Promise.withResolvers<void>();
  }
}
