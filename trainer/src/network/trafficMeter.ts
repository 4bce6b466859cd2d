/**
 * Counts the bytes of the block exchange, as a `Metrics` of libp2p. Counts only; never changes what is sent.
 *
 * Not as middleware (`libp2p.use`): libp2p 3.3 appends a handler to the registered array at every incoming stream, so
 * the second stream would be handled twice. And not with a `message` listener of our own from the start: a stream
 * drops what comes in before its consumer listens only if somebody else does. So ours is added together with theirs.
 */
import type { Libp2p } from "libp2p";
import type { Traffic } from "./contentStore.ts";

type Stream = Awaited<ReturnType<Libp2p["dialProtocol"]>>;

export interface TrafficMeter {
  readonly metrics: LibP2pMetrics;
  traffic(): Traffic;
}

/** @param protocol only streams of this protocol count, without the layers below (yamux, noise, TCP). */
export function createTrafficMeter(protocol: string): TrafficMeter {
  let sentBytes = 0;
  let receivedBytes = 0;

  function trackProtocolStream(stream: Stream): void {
    if (stream.protocol !== protocol) return;
    const send = stream.send.bind(stream);
    stream.send = (data) => {
      sentBytes += data.byteLength;
      return send(data);
    };
    const listen = stream.addEventListener.bind(stream);
    let counts = false;
    stream.addEventListener = (...args: Parameters<typeof listen>) => {
      if (args[0] === "message" && !counts) {
        counts = true;
        listen("message", ({ data }) => {
          receivedBytes += data.byteLength;
        });
      }
      listen(...args);
    };
  }

  return { metrics: { ...SILENT, trackProtocolStream }, traffic: () => ({ sentBytes, receivedBytes }) };
}

const nothing = (): void => {};
const instrument = () => ({
  update: nothing,
  increment: nothing,
  decrement: nothing,
  reset: nothing,
  observe: nothing,
  timer: () => nothing,
});

/** The rest of the interface: instruments that measure nothing. */
const SILENT = {
  trackMultiaddrConnection: nothing,
  registerMetric: instrument,
  registerMetricGroup: instrument,
  registerCounter: instrument,
  registerCounterGroup: instrument,
  registerHistogram: instrument,
  registerHistogramGroup: instrument,
  registerSummary: instrument,
  registerSummaryGroup: instrument,
  traceFunction: <F>(_name: string, traced: F): F => traced,
  createTrace: nothing,
};

type LibP2pMetrics = typeof SILENT & { trackProtocolStream(stream: Stream): void };
