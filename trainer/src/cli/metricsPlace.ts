/** Where `--metrics` is to listen: a port of loopback, or `HOST:PORT`. Pure. */
import { InvalidArgumentError } from "commander";

export interface MetricsPlace {
  readonly port: number;
  readonly host?: string;
}

const MAX_PORT = 65_535;

/** Commander parser. Port 0 is any that is free. */
export function metricsPlace(text: string): MetricsPlace {
  const [, host, digits = ""] = /^(?:(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === "" || port > MAX_PORT) throw new InvalidArgumentError("It must be a port, or HOST:PORT.");
  return host === undefined ? { port } : { port, host: host.replace(/^\[|\]$/g, "") };
}
