/** The `wasm` executor: the same bits as `reference`, by the C kernels with 128-bit SIMD. */
import { createExecutor, type Executor } from "../executor.ts";
import type { Matmul, Operation, Slot } from "../operations.ts";
import type { TrainingProgram } from "../program.ts";
import { instantiateKernels, type KernelInstance } from "./kernels.ts";

/** @returns an executor with memory of its own, as large as the program needs. */
export async function createWasmExecutor(program: TrainingProgram): Promise<Executor> {
  const instance = await instantiateKernels(program);
  const run = createDispatch(instance);
  return createExecutor(program, {
    arena: new Float32Array(instance.memory, instance.arena, program.arenaLength),
    labels: new Int32Array(instance.memory, instance.labels, program.batchSize),
    run,
  });
}

/** Operation → kernel call. @returns a function that gives false when a loss or weight is not finite. */
function createDispatch(instance: KernelInstance): (operation: Operation) => boolean {
  const { kernels, labels } = instance;
  const at = addressIn(instance);
  return (operation) => {
    switch (operation.kind) {
      case "matmul":
        callMatmul(instance, operation);
        return true;
      case "addBias": {
        const { rows, columns, bias, data, relu } = operation;
        kernels.add_bias(rows, columns, at(bias), at(data), Number(relu));
        return true;
      }
      case "relu":
        kernels.relu(operation.data.length, at(operation.data));
        return true;
      case "reluBackward":
        kernels.relu_backward(operation.gradient.length, at(operation.output), at(operation.gradient));
        return true;
      case "columnSums":
        kernels.column_sums(operation.rows, operation.columns, at(operation.data), at(operation.out));
        return true;
      case "softmaxCrossEntropy": {
        const { rows, columns, logits, gradient, loss } = operation;
        return kernels.softmax_cross_entropy(rows, columns, at(logits), labels, at(gradient), at(loss)) !== 0;
      }
      case "sgd": {
        const { rate, weight, gradient } = operation;
        return kernels.sgd(weight.length, rate, at(weight), at(gradient)) !== 0;
      }
      case "sgdMomentum": {
        const { rate, momentum, weight, gradient, velocity } = operation;
        return kernels.sgd_momentum(weight.length, rate, momentum, at(weight), at(gradient), at(velocity)) !== 0;
      }
      default:
        return operation satisfies never;
    }
  };
}

function callMatmul(instance: KernelInstance, { rows, columns, inner, left, right, out }: Matmul): void {
  const at = addressIn(instance);
  instance.kernels.matmul(
    rows,
    columns,
    inner,
    at(left.slot),
    left.rowStride,
    left.columnStride,
    at(right.slot),
    right.rowStride,
    right.columnStride,
    at(out),
    instance.scratch,
  );
}

/** @returns what gives the byte address of a slot. */
function addressIn({ arena }: KernelInstance): (slot: Slot) => number {
  return ({ offset }) => arena + 4 * offset;
}
