/** A loopback HTTP server that plays a mirror for tests, honest or not, and a small source that points to it. */
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { sha256 } from "@noble/hashes/sha2.js";
import { toHex } from "../../protocol/hex.ts";
import type { DatasetSource, SourceFile } from "../sources.ts";
import { gzipped, smallPair } from "./idxBytes.ts";

export interface Mirror {
  readonly url: string;
  /** Paths asked for so far. */
  readonly requests: readonly string[];
}

/** What a mirror answers to the request for a file; `undefined` when it has no such file. */
export type Answer = (response: ServerResponse, body: Uint8Array | undefined) => void;

const [train, test] = [smallPair(20), smallPair(10)];

/** The files that an honest mirror serves. */
export const mirrorFiles: ReadonlyMap<string, Uint8Array> = new Map([
  ["train-images.gz", gzipped(train.images)],
  ["train-labels.gz", gzipped(train.labels)],
  ["test-images.gz", gzipped(test.images)],
  ["test-labels.gz", gzipped(test.labels)],
]);

/** Sends the file as it is, or 404. */
export const honest: Answer = (response, body) => {
  if (body === undefined) response.writeHead(404).end();
  else response.writeHead(200).end(body);
};

/** @returns a mirror that answers as told until the test ends. */
export async function startMirror(test: TestContext, answer: Answer = honest): Promise<Mirror> {
  const requests: string[] = [];
  const listener: RequestListener = ({ url = "/" }, response) => {
    requests.push(url);
    answer(response, mirrorFiles.get(url.slice(1)));
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  test.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, requests };
}

/** @returns a source with 20 training and 10 test records, pinned to what an honest mirror serves. */
export function smallSource(...mirrors: readonly string[]): DatasetSource {
  return {
    name: "small",
    source: "a test",
    licence: "MIT",
    classNames: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    mirrors,
    files: {
      trainImages: pinned("train-images.gz"),
      trainLabels: pinned("train-labels.gz"),
      testImages: pinned("test-images.gz"),
      testLabels: pinned("test-labels.gz"),
    },
  };
}

function pinned(name: string): SourceFile {
  const bytes = mirrorFiles.get(name)!;
  return { name, byteLength: bytes.length, sha256: toHex(sha256(bytes)) };
}
