/** Eine Aufgabe eröffnen. */
import type { Translated } from "../catalogue.ts";
import type { en } from "../en/create.ts";

const field = (label: string, hint: string) => ({ label, hint });

export const de: Translated<typeof en> = {
  title: "Aufgabe eröffnen",
  lead: "Was trainiert wird, mit wem und was es zahlt. Formular und Datei rechts sagen dasselbe; die Datei versteht auch die Kommandozeile.",
  groups: {
    model: "Was trainiert wird",
    training: "Wie jeder trainiert",
    people: "Runden und Leute",
    money: "Bezahlung und Einsatz",
  },
  fields: {
    data: field("Daten", "„glyphs“ ist eingebaut. Andere Daten eröffnet die Kommandozeile."),
    model: field("Architektur", "Kleine trainieren in Sekunden; lenet5 ist ein Faltungsnetz."),
    modelName: field("Name des Modells", "Höchstens 64 Bytes; leer: aus Daten und Architektur."),
    seed: field("Startwert", "Bestimmt die ersten Gewichte und wer welche Daten bekommt."),
    batch: field("Beispiele je Schritt", "1 bis 4.096."),
    localEpochs: field("Durchgänge je Runde", "Über den eigenen Anteil, auf ganze Stapel aufgerundet."),
    learningRate: field("Lernrate", "Des stochastischen Gradientenabstiegs."),
    momentum: field("Momentum", "0 bis unter 1."),
    partition: field("Aufteilung", "iid, dirichlet:ALPHA oder class:N."),
    rounds: field("Runden", "Im Voraus bezahlt; gescheiterte zählen mit."),
    trainers: field("Plätze", "Anteile, höchstens 256."),
    minTrainers: field("Nötige Trainer", "Bevor eine Runde beginnt; leer: alle Plätze."),
    committee: field("Komitee", "Sitze, die jede Runde prüfen."),
    quorum: field("Quorum", "Einige Sitze, die entscheiden; leer: mehr als die Hälfte."),
    phaseSeconds: field("Längste Phase", "Sekunden; eine Phase endet, sobald alle gehandelt haben."),
    reward: field("Je angenommenem Update", "Je Runde und Trainer."),
    verdictReward: field("Je Urteil", "Je Runde und Prüfer des Komitees, das entschied."),
    minStake: field("Einsatz eines Platzes", "Leer: das 20-fache eines Updates; mindestens das 18-fache."),
  },
  summary: "Was es kostet und bindet",
  escrowNote: "werden hinterlegt; was nicht verdient wird, kommt zurück, wenn Sie die Aufgabe schließen",
  roundAtMost: "Eine Runde dauert höchstens",
  allAtMost: "Alle Runden höchstens",
  stakeNeeded: "Einsatz eines Platzes",
  missedCost: "Eine Festlegung nicht zu öffnen kostet",
  decides: "Entscheidet",
  quorumOf: (quorum, seats) => `${quorum} von ${seats} Sitzen`,
  learnt: "Gelernte Zahlen",
  update: "Ein Update",
  steps: "Schritte je Runde",
  fixed:
    "Steht für immer fest, sobald sie offen ist: Plan, Daten, Bezahlung, Einsatz und Zeiten. Zwischen Runden können Sie sie schließen.",
  file: "Aufgabendatei",
  fileNote: "Was `cairn task create --file` nimmt.",
  save: "Speichern",
  load: "Datei laden …",
  problems: {
    notJson: (detail) => `Noch kein JSON: ${detail}`,
    notAnObject: "Eine Aufgabendatei ist eine Liste benannter Felder in geschweiften Klammern.",
    tooLong: "Zu lang für eine Aufgabendatei.",
    unknownKey: (key) => `Ein Feld „${key}“ gibt es nicht.`,
    wrongKind: (key, kind) =>
      `„${key}“ muss ${{ text: "ein Text", number: "eine Zahl", amount: 'ein Betrag wie "12.5"' }[kind]} sein.`,
  },
  open: "Von hier aus eröffnen",
  openNote:
    "Fünf Schritte, vier davon Transaktionen. Welche getan sind, steht auf der Chain: Sie können aufhören und wiederkommen.",
  otherData:
    "Dieser Tab hat nur die eingebauten Daten. Speichern Sie die Datei und eröffnen Sie die Aufgabe von der Kommandozeile; sie liest MNIST, CIFAR-10, CSV, Parquet, Bilder und Text.",
  cannotOpen: "Daraus würde keine Aufgabe",
  noUpload:
    "Diese Seite nennt keinen Knoten, der Dokumente für Besucher aufhebt. Speichern Sie die Datei und eröffnen Sie die Aufgabe von der Kommandozeile, die sie selbst anbietet.",
  opened: (id) => `Aufgabe ${id} ist offen.`,
  toTask: "Zur Aufgabe",
  step: {
    done: "erledigt",
    first: "Erst die Schritte darüber",
    place: "Plan, erste Gewichte und Beschreibungen ablegen",
    placeNote:
      "Beim Knoten dieser Seite, zurückgelesen und Byte für Byte verglichen. Knoten holen sie über ihre Digests.",
    placeButton: "Ablegen",
    placeFailed: "Der Knoten dieser Seite hat sie nicht abgelegt.",
    dataset: "Datensatz anmelden",
    datasetNote: "Seine Wurzel bindet jeden Eintrag. Ein angemeldeter wird wieder benutzt.",
    datasetButton: "Datensatz anmelden",
    model: "Modell anmelden",
    modelNote: "Mit den ersten Gewichten als Version 0, auf Ihren Namen.",
    modelButton: (name) => `${name} anmelden`,
    publisher: "Runden veröffentlichen lassen",
    publisherNote:
      "Sie erlauben dem Aufgabenvertrag, diesem Modell Versionen hinzuzufügen. Sie können das jederzeit zurücknehmen.",
    publisherButton: "Erlauben",
    task: "Aufgabe eröffnen",
    taskNote: (amount) => `Hinterlegt ${amount} CAIRN, mit einem Permit, wo Ihre Wallet eines unterschreiben kann.`,
    taskButton: (amount) => `Aufgabe für ${amount} CAIRN eröffnen`,
  },
  commandLine: "Oder von der Kommandozeile",
  commandLineNote: (data) =>
    `Speichert nichts in Ihrem Browser und nimmt beliebige Daten; in der Datei steht „${data}“.`,
  command: "Befehl",
};
