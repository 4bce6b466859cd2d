/** Relays for tests: real ones in this process, and a door in front of one that changes what it says. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pause } from "../../../trainer/src/chain/deadline.ts";
import { openNodeKeys } from "../../../trainer/src/node/nodeKeys.ts";
import { type RunningRelay, startRelay } from "../../../trainer/src/node/relay/relay.ts";
import type { RelayEvent } from "../../../trainer/src/node/relay/relayEvent.ts";
import type { LocalNetwork, Participant } from "./localNetwork.ts";

export interface TestRelay extends RunningRelay {
  readonly url: string;
  readonly events: readonly RelayEvent[];
}

export interface TestRelayOptions {
  readonly taskId: bigint;
  /** @default any that is free */
  readonly port?: number;
  /** @default what a full batch locks */
  readonly stakeWei?: bigint;
  readonly onEvent?: (event: RelayEvent, relay: RunningRelay) => void;
}

/** @returns the relay once it listens. */
export async function startTestRelay(
  { chain, dataDir }: Participant,
  { taskId, port, stakeWei, onEvent }: TestRelayOptions,
): Promise<TestRelay> {
  const events: RelayEvent[] = [];
  const keys = await openNodeKeys(dataDir);
  return new Promise((resolve, reject) => {
    const relay = startRelay({
      ...{ chain, keys, dataDir, taskIds: [taskId], port, stakeWei },
      onEvent(event) {
        events.push(event);
        onEvent?.(event, relay);
        if (event.event === "ready") resolve({ ...relay, url: event.url, events });
      },
    });
    relay.done.catch(reject);
  });
}

export interface Door {
  readonly url: string;
  stop(): Promise<void>;
}

/** @param change What to answer in place of `answer`, which the relay gave to `path`. */
export async function openFalseDoor(relayUrl: string, change: (path: string, answer: string) => string): Promise<Door> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = request.method === "POST" ? { body: Buffer.concat(chunks) } : {};
    const answer = await fetch(`${relayUrl}${request.url}`, { method: request.method!, ...body });
    response.writeHead(answer.status, { "Content-Type": "application/json" });
    response.end(change(request.url!, await answer.text()));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Waits until `holds`; the network's end ends it too. */
export async function until({ signal }: LocalNetwork, holds: () => boolean): Promise<void> {
  while (!signal.aborted && !holds()) await pause(50, signal);
}

/** Moves the chain's clock to `seconds`, where it is not there yet. Unit: unix seconds. */
export async function passTo({ admin }: LocalNetwork, seconds: number): Promise<void> {
  const { client } = admin.chain;
  const missing = seconds - Number((await client.getBlock()).timestamp);
  if (missing <= 0) return;
  await client.request({ method: "evm_increaseTime" as never, params: [missing] as never });
  await client.request({ method: "evm_mine" as never, params: [] as never });
}
