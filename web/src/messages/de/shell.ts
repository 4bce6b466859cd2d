/** Words of the frame around every page, in German. */
import type { Translated } from "../catalogue.ts";
import type { en } from "../en/shell.ts";

export const de: Translated<typeof en> = {
  skip: "Zum Inhalt",
  brand: "Cairn, zur Übersicht",
  mainNavigation: "Hauptmenü",
  overview: "Übersicht",
  tasks: "Aufgaben",
  models: "Modelle",
  trainers: "Trainer",
  datasets: "Datensätze",
  disputes: "Streitfälle",
  train: "Hier trainieren",
  tryModel: "Modell probieren",
  wallet: "Wallet",
  errors: "Fehler",
  status: "Zustand",
  more: "Mehr",
  moreTitle: "Alle Seiten",
  theme: "Farben",
  themes: { system: "wie das System", light: "hell", dark: "dunkel" },
  language: "Sprache",
  languages: { en: "English", de: "Deutsch" },
  network: {
    starting: "verbindet",
    catchingUp: (behind) => `${behind} Blöcke zurück`,
    following: "live",
    unreachable: "keine Antwort",
    wrongDeployment: "falsche Verträge",
    block: (number) => `Block ${number}`,
  },
  banner: {
    unreachable: (block) =>
      `Der RPC der Kette antwortet nicht. Sie sehen den Stand von Block ${block}; er wird von selbst wieder gefragt.`,
    unreachableFirst: "Der RPC der Kette antwortet noch nicht. Er wird von selbst wieder gefragt.",
    wrongDeployment: "An den Adressen, die diese Seite kennt, stehen keine Cairn-Verträge dieser Version.",
    contradiction:
      "Die Ereignisse des RPC widersprechen dem, was die Verträge antworten. Handeln Sie nicht nach dieser Seite.",
    look: "Zum Zustand",
  },
  footer: {
    indexed: (indexed, behind) => `gelesen bis ${indexed} (${behind} zurück)`,
    chain: (name, id) => `${name} (${id})`,
    help: "Hilfe",
    source:
      "Nichts davon wird einfach geglaubt: Ereignisse kommen von der Kette, Dokumente werden an ihren Hashes geprüft.",
  },
  missing: {
    title: "Diese Seite kennt ihre Kette noch nicht",
    text: "Ihr Dokument /cairn.json fehlt oder ist nicht lesbar; darum gibt es nichts zu zeigen.",
    next: "Mit dem Projekt auf Ihrem Rechner liefert `npm start -- --keep` die Seite samt einer Kette. Auf einem eigenen Server legen Sie eine cairn.json neben index.html.",
  },
};
