/**
 * Builds the protocol-buffer messages of an ONNX graph: nodes, constants, inputs and outputs. Knows no layer.
 *
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto for the field numbers
 */
import { ProtoMessage } from "./protobuf.ts";

/** Opset 17 is the first with LayerNormalization; IR version 8 came with it. */
const OPSET = 17;
const IR_VERSION = 8;
const MODEL = { irVersion: 1, producerName: 2, graph: 7, opsetImport: 8, metadata: 14 } as const;
const OPSET_VERSION = 2;
const ENTRY = { key: 1, value: 2 } as const;
const GRAPH = { node: 1, name: 2, initializer: 5, input: 11, output: 12 } as const;
const NODE = { input: 1, output: 2, name: 3, opType: 4, attribute: 5 } as const;
const ATTRIBUTE = { name: 1, float: 2, integer: 3, tensor: 5, integers: 8, type: 20 } as const;
const ATTRIBUTE_TYPE = { float: 1, integer: 2, tensor: 4, integers: 7 } as const;
const TENSOR = { dimension: 1, dataType: 2, name: 8, rawData: 9 } as const;
const VALUE = { name: 1, type: 2 } as const;
const TYPE_TENSOR = 1;
const TENSOR_TYPE = { elementType: 1, shape: 2 } as const;
const SHAPE_DIMENSION = 1;
const DIMENSION = { value: 1, parameter: 2 } as const;

/** ONNX's numbers for element types. */
export const ELEMENT_TYPE = { float: 1, int64: 7 } as const;

/** `{ integer }` for `axis = 1`, a list for `perm = [0, 2, 1]`, `{ float }` for `epsilon = 1e-5`. */
export type Attribute =
  | readonly number[]
  | { readonly integer: number }
  | { readonly float: number }
  | { readonly constant: number };

/** What one node reads and how it is set. */
export interface NodeSpec {
  readonly inputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** @default one output, named after the node */
  readonly outputs?: readonly string[];
}

/** A graph being written, node by node. A class for its growing messages. */
export class OnnxGraph {
  readonly #graph = new ProtoMessage();
  readonly #written = new Set<string>();

  constructor(name: string) {
    this.#graph.text(GRAPH.name, name);
  }

  /** Appends a node. @returns the name of its (first) output. */
  node(operator: string, name: string, { inputs, attributes = {}, outputs = [name] }: NodeSpec): string {
    const node = new ProtoMessage();
    for (const input of inputs) node.text(NODE.input, input);
    for (const output of outputs) node.text(NODE.output, output);
    node.text(NODE.name, name).text(NODE.opType, operator);
    for (const [key, value] of Object.entries(attributes)) node.message(NODE.attribute, attributeMessage(key, value));
    this.#graph.message(GRAPH.node, node);
    return outputs[0]!;
  }

  /** Appends a transposition; written once a name. @returns its name. */
  transpose(name: string, input: string, perm: readonly number[]): string {
    return this.#isNew(name) ? this.node("Transpose", name, { inputs: [input], attributes: { perm } }) : name;
  }

  /** A constant of binary32; written once a name. @returns its name. */
  floats(name: string, shape: readonly number[], values: ArrayLike<number>): string {
    if (this.#isNew(name)) this.#graph.message(GRAPH.initializer, floatTensor(shape, values).text(TENSOR.name, name));
    return name;
  }

  /** A constant list of 64-bit integers; written once a name. @returns its name. */
  integers(name: string, values: readonly number[]): string {
    if (!this.#isNew(name)) return name;
    const tensor = new ProtoMessage().integer(TENSOR.dimension, values.length);
    tensor.integer(TENSOR.dataType, ELEMENT_TYPE.int64).text(TENSOR.name, name);
    const data = new DataView(new ArrayBuffer(8 * values.length));
    values.forEach((value, i) => {
      data.setBigInt64(8 * i, BigInt(value), true);
    });
    this.#graph.message(GRAPH.initializer, tensor.bytes(TENSOR.rawData, new Uint8Array(data.buffer)));
    return name;
  }

  /** Declares an input of binary32 with a batch dimension of any size before `shape`. */
  input(name: string, shape: readonly number[]): void {
    this.#graph.message(GRAPH.input, valueInfo(name, shape));
  }

  /** Declares an output, like an input. */
  output(name: string, shape: readonly number[]): void {
    this.#graph.message(GRAPH.output, valueInfo(name, shape));
  }

  /** @returns the bytes of the model file. */
  finish(producer: string, metadata: Readonly<Record<string, string>>): Uint8Array {
    const model = new ProtoMessage()
      .integer(MODEL.irVersion, IR_VERSION)
      .text(MODEL.producerName, producer)
      .message(MODEL.opsetImport, new ProtoMessage().integer(OPSET_VERSION, OPSET));
    for (const [key, value] of Object.entries(metadata))
      model.message(MODEL.metadata, new ProtoMessage().text(ENTRY.key, key).text(ENTRY.value, value));
    return model.message(MODEL.graph, this.#graph).finish();
  }

  #isNew(name: string): boolean {
    const isNew = !this.#written.has(name);
    this.#written.add(name);
    return isNew;
  }
}

function attributeMessage(name: string, value: Attribute): ProtoMessage {
  const message = new ProtoMessage().text(ATTRIBUTE.name, name);
  if (!("length" in value)) {
    if ("integer" in value)
      return message.integer(ATTRIBUTE.integer, value.integer).integer(ATTRIBUTE.type, ATTRIBUTE_TYPE.integer);
    if ("float" in value)
      return message.float(ATTRIBUTE.float, value.float).integer(ATTRIBUTE.type, ATTRIBUTE_TYPE.float);
    return message
      .message(ATTRIBUTE.tensor, floatTensor([1], [value.constant]))
      .integer(ATTRIBUTE.type, ATTRIBUTE_TYPE.tensor);
  }
  for (const item of value) message.integer(ATTRIBUTE.integers, item);
  return message.integer(ATTRIBUTE.type, ATTRIBUTE_TYPE.integers);
}

function floatTensor(shape: readonly number[], values: ArrayLike<number>): ProtoMessage {
  const tensor = new ProtoMessage();
  for (const size of shape) tensor.integer(TENSOR.dimension, size);
  const data = new DataView(new ArrayBuffer(4 * values.length));
  for (let i = 0; i < values.length; i++) data.setFloat32(4 * i, values[i]!, true);
  return tensor.integer(TENSOR.dataType, ELEMENT_TYPE.float).bytes(TENSOR.rawData, new Uint8Array(data.buffer));
}

function valueInfo(name: string, shape: readonly number[]): ProtoMessage {
  const sizes = new ProtoMessage();
  sizes.message(SHAPE_DIMENSION, new ProtoMessage().text(DIMENSION.parameter, "batch"));
  for (const size of shape) sizes.message(SHAPE_DIMENSION, new ProtoMessage().integer(DIMENSION.value, size));
  const tensor = new ProtoMessage().integer(TENSOR_TYPE.elementType, ELEMENT_TYPE.float);
  const type = new ProtoMessage().message(TYPE_TENSOR, tensor.message(TENSOR_TYPE.shape, sizes));
  return new ProtoMessage().text(VALUE.name, name).message(VALUE.type, type);
}
