/**
 * A JSON-RPC proxy that answers a sent transaction only once it is mined, as Hardhat's own chain does.
 *
 * The flow tests rely on that: they read the state right after sending. Must not change any other answer.
 */
import { createServer, type IncomingMessage, type Server } from "node:http";
import { text } from "node:stream/consumers";

interface Answer {
  readonly result?: unknown;
}

/** Unit: milliseconds. */
const POLL_MS = 5;
const MINED_LIMIT_MS = 10_000;

/** Serves on a free port of the loopback until closed. */
export async function startMinedProxy(target: string): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((request, response) => {
    relay(target, request).then(
      (answer) => response.setHeader("content-type", "application/json").end(answer),
      (error: Error) => response.writeHead(502).end(error.message),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, server };
}

async function relay(target: string, request: IncomingMessage): Promise<string> {
  const body = await text(request);
  const answer = await post(target, body);
  const { method } = JSON.parse(body) as { method?: string };
  if (!method?.startsWith("eth_send")) return answer;
  const { result } = JSON.parse(answer) as Answer;
  if (typeof result === "string") await isMined(target, result);
  return answer;
}

async function isMined(target: string, hash: string): Promise<void> {
  const untilMs = performance.now() + MINED_LIMIT_MS;
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_getTransactionReceipt", params: [hash] });
  while (performance.now() < untilMs) {
    const { result } = JSON.parse(await post(target, body)) as Answer;
    if (result !== null && result !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function post(target: string, body: string): Promise<string> {
  const headers = { "content-type": "application/json" };
  return (await fetch(target, { method: "POST", headers, body })).text();
}
