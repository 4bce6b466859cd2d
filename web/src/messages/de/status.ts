/** Words of the page about the state of chain and index, in German. */
import type { Translated } from "../catalogue.ts";
import type { en } from "../en/status.ts";

export const de: Translated<typeof en> = {
  title: "Zustand",
  lead: "Was diese Seite weiß, woher sie es weiß und wie weit sie zurückliegt.",
  phases: {
    starting: "Verbindet",
    catchingUp: "Liest Vergangenes",
    following: "Auf dem neuesten Stand",
    unreachable: "Der RPC antwortet nicht",
    wrongDeployment: "Dort stehen keine Cairn-Verträge",
  },
  facts: {
    state: "Zustand",
    head: "Neuester Block",
    indexed: "Gelesen bis",
    behind: "Zurück",
    latency: "RPC antwortet in",
    events: "Gelesene Ereignisse",
    range: "Blöcke je Frage",
  },
  blocks: "Blöcke",
  headAge: "Zeit des neuesten Blocks",
  chainTitle: "Kette und Verträge",
  rows: {
    chain: "Kette",
    rpc: "RPC",
    since: "Eingerichtet in Block",
    gateways: "Dokumente von",
    upload: "Updates gehen an",
  },
  notOffered: "nicht angeboten",
  trustTitle: "Wem diese Seite traut",
  trust:
    "Aus Ereignissen entsteht der Zustand, den Sie sehen; Stichproben davon werden mit den Antworten der Verträge verglichen.",
  compared: (count) => `${count} Antworten verglichen, alle gleich`,
  notCompared: "Noch nichts verglichen.",
  mismatch: (what, events, view) => `${what}: Ereignisse sagen ${events}, der Vertrag sagt ${view}`,
  contradictions: (count) => `${count} Ereignisse, die nicht aus den vorigen folgen können`,
  unknownLogs: (count) => `${count} Ereignisse, die diese Version nicht kennt: die Verträge sind neuer`,
  clean: "Kein Ereignis widerspricht einem anderen.",
  thisTab: "Dieser Tab",
  leader: "fragt den RPC selbst",
  follower: "hört einem anderen Tab dieses Browsers zu",
  persistent: "Gelesenes bleibt in diesem Browser",
  notPersistent: "Dieser Browser behält nichts: beim nächsten Besuch wird alles neu gelesen",
  reorg: (blocks) => `Die Kette wurde zuletzt um ${blocks} Blöcke zurückgesetzt`,
  trouble: "Letzte Störung",
  refresh: "Jetzt fragen",
};
