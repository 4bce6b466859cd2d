/** A relay's events as lines for people. Pure. */
import type { RelayEvent } from "../node/relay/relayEvent.ts";
import { commonEventText, eventLine, roundPlace } from "./eventLines.ts";
import { shortUnits18 } from "./jsonText.ts";
import type { Paint } from "./output.ts";
import { shortHex } from "./table.ts";

export function relayEventText(event: RelayEvent, paint: Paint): string {
  const line = (label: string, text: string): string => eventLine(paint, label, text);
  const where = roundPlace(event, paint);
  switch (event.event) {
    case "ready": {
      const tasks = event.tasks.length === 0 ? "no task" : `task ${event.tasks.join(", ")}`;
      return line("ready", `${event.url} as ${event.address} for ${tasks}, ${cairn(event.freeWei)} CAIRN free`);
    }
    case "taken":
      return line("taken", `${where}${shortHex(event.trainer)}`);
    case "dropped":
      return line("dropped", `${where}${shortHex(event.trainer)} can't be sent for any more`);
    case "batchSent":
      return line("sent", `${where}batch ${event.batch}, ${event.entries} entries, root ${shortHex(event.root)}`);
    case "unopenedReported": {
      const paid =
        event.takenWei === "0" ? "went another way" : `opened nothing: ${cairn(event.takenWei)} CAIRN slashed`;
      return line("reported", `${where}${shortHex(event.trainer)} ${paid}`);
    }
    case "batchSettled": {
      const lost =
        event.takenWei === "0" ? "the bond is free again" : `${cairn(event.takenWei)} CAIRN of the bond are lost`;
      return line("settled", `${where}batch ${event.batch}: ${lost}`);
    }
    case "transaction":
    case "error":
    case "stopped":
      return commonEventText(event, paint);
    default:
      return event satisfies never;
  }
}

function cairn(wei: string): string {
  return shortUnits18(BigInt(wei));
}
