/** What the lines of long-running commands have in common: their shape, their time, and the events that all of them tell. */
import type { Context } from "./command.ts";
import type { Format, Paint } from "./output.ts";
import { shortHex } from "./table.ts";
import type { TransactionEvent } from "./transactionEvent.ts";

/** Unit: characters. */
const LABEL_WIDTH = 9;

/** Events that every such command may tell. */
export type CommonEvent =
  | TransactionEvent
  | { readonly event: "error"; readonly code: string; readonly message: string }
  | { readonly event: "stopped"; readonly reason: string };

/** @returns a line that begins with its label, all labels as wide as each other. */
export function eventLine(paint: Paint, label: string, text: string, style: Format = "cyan"): string {
  return `${paint(style, label.padEnd(LABEL_WIDTH))} ${text}`;
}

/** @returns which task and round the event is of, to stand before its text; empty where it is of none. */
export function roundPlace(event: object, paint: Paint): string {
  return "task" in event && "round" in event ? paint("dim", `task ${event.task} round ${event.round}  `) : "";
}

export function commonEventText(event: CommonEvent, paint: Paint): string {
  switch (event.event) {
    case "transaction": {
      const mark = event.status === "success" ? "" : " REVERTED";
      const text = `${event.kind} ${shortHex(event.hash)} gas ${event.gasUsed}${mark}`;
      return paint("dim", `${" ".repeat(LABEL_WIDTH)} ${text}`);
    }
    case "error":
      return eventLine(paint, "error", `${event.code}: ${event.message}`, "red");
    case "stopped":
      return eventLine(paint, "stopped", event.reason);
    default:
      return event satisfies never;
  }
}

/** @returns what prints events as they come: as lines by `text`, or as JSON with the time of each. */
export function emitter<E extends object>(
  { output, host }: Context,
  text: (event: E, paint: Paint) => string,
): (event: E) => void {
  return (event) =>
    output.event({ time: new Date(host.nowMs()).toISOString(), ...event }, (paint) => text(event, paint));
}
