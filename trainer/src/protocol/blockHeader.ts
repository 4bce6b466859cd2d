/**
 * A block's header as the bytes whose keccak256 is the block's hash. Pure.
 *
 * The committee's seed is the RANDAO value of one block, proven to the contract by its header (EIP-2935), and no RPC
 * hands out headers as bytes. So they are put together again from the fields, and checked against the hash.
 */
import { keccak256, numberToHex, toRlp } from "viem";
import { TaggedError } from "./errors.ts";
import type { Hex } from "./hex.ts";

/** The answer of `eth_getBlockByNumber`, as hex quantities and data. */
export type RpcBlock = Readonly<Record<string, unknown>>;

export type BlockHeaderDetail =
  | { readonly code: "HEADER_UNKNOWN_FORM"; readonly blockNumber: string }
  | { readonly code: "HEADER_FIELD_MISSING"; readonly field: string };

export class BlockHeaderError extends TaggedError<BlockHeaderDetail> {}

/** Order of the yellow paper, then each hard fork's additions. Q: quantity (leading zeros stripped), D: data. */
const FIELDS: readonly (readonly [name: string, kind: "Q" | "D"])[] = [
  ["parentHash", "D"],
  ["sha3Uncles", "D"],
  ["miner", "D"],
  ["stateRoot", "D"],
  ["transactionsRoot", "D"],
  ["receiptsRoot", "D"],
  ["logsBloom", "D"],
  ["difficulty", "Q"],
  ["number", "Q"],
  ["gasLimit", "Q"],
  ["gasUsed", "Q"],
  ["timestamp", "Q"],
  ["extraData", "D"],
  ["mixHash", "D"],
  ["nonce", "D"],
  ["baseFeePerGas", "Q"], // London
  ["withdrawalsRoot", "D"], // Shanghai
  ["blobGasUsed", "Q"], // Cancun
  ["excessBlobGas", "Q"], // Cancun
  ["parentBeaconBlockRoot", "D"], // Cancun
  ["requestsHash", "D"], // Prague
];

/** The fields that every header since the merge has. */
const ALWAYS = 16;

/**
 * @returns RLP of the header of `block`.
 * @throws {BlockHeaderError} `HEADER_FIELD_MISSING` | `HEADER_UNKNOWN_FORM` when the bytes don't hash to the block's
 *   hash (a hard fork that added fields this version doesn't know, or an RPC that lies)
 */
export function encodeBlockHeader(block: RpcBlock): Hex {
  const values: Hex[] = [];
  for (const [position, [name, kind]] of FIELDS.entries()) {
    const value = block[name];
    if (typeof value !== "string") {
      if (position < ALWAYS) {
        throw new BlockHeaderError({ code: "HEADER_FIELD_MISSING", field: name }, `the RPC's block has no ${name}`);
      }
      break;
    }
    values.push(kind === "D" ? (value as Hex) : quantity(value));
  }
  const header = toRlp(values);
  if (keccak256(header) !== block.hash) {
    throw new BlockHeaderError(
      { code: "HEADER_UNKNOWN_FORM", blockNumber: String(block.number) },
      `the header of block ${String(block.number)} does not hash to the hash that the RPC gives`,
    );
  }
  return header;
}

function quantity(value: string): Hex {
  const number = BigInt(value);
  if (number === 0n) return "0x";
  const text = numberToHex(number);
  return text.length % 2 === 0 ? text : `0x0${text.slice(2)}`;
}
