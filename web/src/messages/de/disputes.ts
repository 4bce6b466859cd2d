/** Streitfälle: welche Ergebnisse angefochten werden könnten, und was das heißen wird. */
import type { Translated } from "../catalogue.ts";
import type { en } from "../en/disputes.ts";

export const de: Translated<typeof en> = {
  title: "Streitfälle",
  lead: "Die Zeit zwischen einem Ergebnis und seiner Endgültigkeit, in der ein Ehrlicher ein ganzes Komitee aufhalten kann.",
  notYet:
    "Das Streitverfahren ist noch nicht auf der Chain. Fristen laufen schon so, wie sie dann laufen werden, aber heute kann niemand ein Ergebnis anfechten: Es beruht auf dem Quorum des Komitees.",
  openNow: "Jetzt laufende Fristen",
  passed: "Endgültig gewordene Ergebnisse",
  refused: "Von Komitees abgelehnte Updates",
  refusedNote: "vor jedem Streit: Das Nachrechnen gab andere Bytes",
  windows: "Jetzt laufende Anfechtungsfristen",
  windowsNote: "Ein Quorum hat das Ergebnis bestätigt; endgültig wird es, wenn die Zeit um ist.",
  none: "Gerade läuft keine Frist",
  noneText:
    "Am Ende jeder Runde beginnt eine und dauert, so lange die Aufgabe es sagt: mindestens einen Tag auf echten Chains, eine Sekunde auf einer lokalen.",
  round: "Runde",
  roundOf: (round, task) => `Runde ${round} von Aufgabe ${task}`,
  result: "Ergebnis",
  attested: "Bestätigt von",
  seats: (seats, all) => `${seats} von ${all} Sitzen`,
  closes: "Endgültig in",
  how: "Was ein Streitfall sein wird",
  steps: [
    "Jemand trainiert das Update nach, erhält andere Bytes und setzt ein Pfand gegen das Ergebnis.",
    "Training hinterlässt eine Spur: alle paar Schritte einen Hash des Zustands, in einem Merkle-Baum. Beide Seiten halbieren abwechselnd das Stück, in dem ihre Spuren auseinandergehen, jede mit einer Uhr.",
    "Übrig bleibt ein einziger Trainingsschritt. Den prüft der Vertrag, oder beide müssen ihn beweisen.",
    "Wer unrecht hatte, zahlt; die Hälfte geht an den, der recht hatte. War das Ergebnis falsch, scheitert die Runde.",
  ],
  today: "Was Ergebnisse heute schützt",
  todayText:
    "Jedes Update einer Aufgabe im Modus Replayable wird von einem nach Einsatz ausgelosten Komitee Bit für Bit nachtrainiert. Urteile werden festgelegt, bevor man sie öffnet, Schweigen kostet Einsatz, und eingebaute Fehler überführen Prüfer, die ungesehen annehmen. Ein Komitee kann nur von sich selbst überstimmt werden: Das wird das Streitverfahren ändern.",
};
