import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { keccak256 } from "viem";
import { BlockHeaderError, encodeBlockHeader } from "./blockHeader.ts";

// Ethereum's first block after the genesis, as eth_getBlockByNumber answers; its hash is known to everybody. It is older
// than base fees, so the test adds none: the encoder must refuse it rather than make up a field.
const BLOCK_1 = {
  hash: "0x88e96d4537bea4d9c05d12549907b32561d3bf31f45aae734cdc119f13406cb6",
  parentHash: "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3",
  sha3Uncles: "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
  miner: "0x05a56e2d52c817161883f50c441c3228cfe54d9f",
  stateRoot: "0xd67e4d450343046425ae4271474353857ab860dbc0a1dde64b41b5cd3a532bf3",
  transactionsRoot: "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
  receiptsRoot: "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
  logsBloom: `0x${"00".repeat(256)}`,
  difficulty: "0x3ff800000",
  number: "0x1",
  gasLimit: "0x1388",
  gasUsed: "0x0",
  timestamp: "0x55ba4224",
  extraData: "0x476574682f76312e302e302f6c696e75782f676f312e342e32",
  mixHash: "0x969b900de27b6ac6a67742365dd65f55a0526c41fd18e1b16f1a1215c2e66f59",
  nonce: "0x539bd4979fef1ec4",
};

describe("encodeBlockHeader", () => {
  it("refuses a block from before the merge's fields, naming the first that is missing", () => {
    assert.throws(
      () => encodeBlockHeader(BLOCK_1),
      (error: unknown) =>
        error instanceof BlockHeaderError &&
        error.detail.code === "HEADER_FIELD_MISSING" &&
        error.detail.field === "baseFeePerGas",
    );
  });
  it("refuses fields that don't hash to the block's hash, as from a lying RPC", () => {
    assert.throws(
      () => encodeBlockHeader({ ...BLOCK_1, baseFeePerGas: "0x7" }),
      (error: unknown) => error instanceof BlockHeaderError && error.code === "HEADER_UNKNOWN_FORM",
    );
  });
  it("gives bytes that hash to the block's hash, zero quantities as empty strings", () => {
    const fields = { ...BLOCK_1, baseFeePerGas: "0x0", difficulty: "0x0" };
    const hash = hashOf(fields);
    assert.equal(keccak256(encodeBlockHeader({ ...fields, hash })), hash);
  });
});

/** A second, naive RLP: strings and one list, enough for a header. */
function hashOf(fields: Readonly<Record<string, string>>): string {
  const order = Object.keys(fields).filter((name) => name !== "hash");
  const quantities = new Set(["difficulty", "number", "gasLimit", "gasUsed", "timestamp", "baseFeePerGas"]);
  const body = Buffer.concat(
    order.map((name) => {
      const digits = fields[name]!.slice(2);
      const trimmed = quantities.has(name) ? digits.replace(/^0+/, "") : digits;
      return rlpString(Buffer.from(trimmed.length % 2 ? `0${trimmed}` : trimmed, "hex"));
    }),
  );
  return keccak256(Buffer.concat([rlpLength(0xc0, body.length), body]));
}

function rlpString(bytes: Buffer): Buffer {
  if (bytes.length === 1 && bytes[0]! < 0x80) return bytes;
  return Buffer.concat([rlpLength(0x80, bytes.length), bytes]);
}

function rlpLength(offset: number, length: number): Buffer {
  if (length < 56) return Buffer.of(offset + length);
  const digits = length.toString(16);
  const size = Buffer.from(digits.length % 2 ? `0${digits}` : digits, "hex");
  return Buffer.concat([Buffer.of(offset + 55 + size.length), size]);
}
