/** Words of the pages about errors, in German. */
import type { Translated } from "../catalogue.ts";
import type { en } from "../en/errors.ts";

export const de: Translated<typeof en> = {
  title: "Fehler",
  lead: "Jeder Code, den Cairn zeigen kann, auf der Kommandozeile, in der Weigerung eines Vertrags oder auf dieser Seite: was er bedeutet und was zu tun ist. Die Texte der Kommandozeile sind englisch.",
  search: "Einen Code oder ein Wort suchen",
  count: (shown, all) => `${shown} von ${all} Codes`,
  none: "Kein Code enthält das.",
  what: "Was geschehen ist",
  inEnglish: "Im Wortlaut der Kommandozeile, auf Englisch.",
  next: "Was jetzt zu tun ist",
  cli: "Auf der Kommandozeile",
  back: "Alle Fehler",
  areas: { site: "Diese Seite", wallet: "Wallet und Transaktionen" },
  unnamed: "Sehen Sie die Einzelheiten an, die dabeistanden.",
};
