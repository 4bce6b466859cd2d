/** Was gesendet wird, und wie es steht. */
import type { Translated } from "../catalogue.ts";
import type { en } from "../en/transactions.ts";

export const de: Translated<typeof en> = {
  activity: "Vorgänge",
  activityLead: "Was dieses Konto aus diesem Browser gesendet hat. Es bleibt hier, wenn Sie die Seite schließen.",
  openActivity: (underWay) => (underWay === 0 ? "Vorgänge öffnen" : `Vorgänge öffnen: ${underWay} unterwegs`),
  underWay: "unterwegs",
  nothingYet: "Noch nichts gesendet.",
  clearOver: "Abgeschlossene entfernen",
  fee: "Gas",
  spedUp: "In der Wallet beschleunigt; die neue Transaktion wird verfolgt.",
  failedTitle: "Nicht gesendet",
  revertedTitle: "Gesendet und vom Vertrag abgelehnt",
  steps: {
    checking: () => "Prüft, ob das gelingen wird …",
    permitting: (wallet) =>
      `Schritt 1 von 2: In ${wallet || "der Wallet"} unterschreiben, dass der Betrag genommen werden darf. Das kostet nichts.`,
    awaitingWallet: (wallet) => `In ${wallet || "der Wallet"} bestätigen …`,
    interrupted: () => "Die Seite wurde geschlossen, während die Wallet gefragt war. Sucht die Transaktion …",
    pending: () => "Gesendet; wartet auf einen Block …",
    confirmed: () => "In einem Block; die Seite wird aktualisiert …",
    done: () => "Erledigt.",
    failed: () => "Nicht gesendet.",
    rejected: () => "In der Wallet nicht bestätigt. Nichts wurde gesendet.",
    reverted: () => "Der Vertrag hat abgelehnt; nur Gas wurde verbraucht.",
    cancelled: () => "In der Wallet durch etwas anderes ersetzt.",
    dropped: () => "Kein Knoten kennt sie mehr, und nichts wurde geändert. Sie kann noch einmal gesendet werden.",
  },
  stepsShort: {
    checking: "Prüft …",
    permitting: "In der Wallet unterschreiben …",
    awaitingWallet: "In der Wallet bestätigen …",
    interrupted: "Sucht danach …",
    pending: "Gesendet …",
    confirmed: "Bestätigt …",
    done: "Erledigt",
    failed: "Nicht gesendet",
    rejected: "Abgelehnt",
    reverted: "Abgewiesen",
    cancelled: "Ersetzt",
    dropped: "Verloren",
  },
  slow: {
    wallet: (wallet) => `Nichts zu sehen? Öffnen Sie ${wallet || "die Wallet"} über das Symbol im Browser.`,
    network: () =>
      "Das dauert länger als sonst. Sie ist noch unterwegs, nicht gescheitert: Erhöhen Sie die Gebühr in der Wallet oder warten Sie.",
  },
  kinds: {
    approve: ({ amountWei }) => `Erlauben, dass ${amountWei} CAIRN genommen werden`,
    stake: ({ amountWei }) => `${amountWei} CAIRN einsetzen`,
    unstake: ({ amountWei }) => `Beginnen, ${amountWei} CAIRN vom Einsatz abzuziehen`,
    withdraw: ({ amountWei }) => `${amountWei} CAIRN abgezogenen Einsatz auszahlen`,
    claim: ({ amountWei, task }) => `${amountWei} CAIRN aus Aufgabe ${task} abholen`,
    claimBounty: ({ amountWei }) => `Prämie von ${amountWei} CAIRN abholen`,
    announce: () => "Dieses Konto als Knoten anmelden",
    join: ({ task }) => `Aufgabe ${task} beitreten`,
    leave: ({ task }) => `Aufgabe ${task} verlassen`,
    openRound: ({ task }) => `Nächste Runde von Aufgabe ${task} eröffnen`,
    advance: ({ task, round }) => `Runde ${round} von Aufgabe ${task} weiterrücken`,
    commit: ({ task, round }) => `Update für Runde ${round} von Aufgabe ${task} festlegen`,
    reveal: ({ task, round }) => `Festlegung in Runde ${round} von Aufgabe ${task} öffnen`,
    registerDataset: ({ name }) => `Datensatz ${name} anmelden`,
    registerModel: ({ name }) => `Modell ${name} anmelden`,
    setPublisher: ({ name }) => `Runden erlauben, Versionen von ${name} zu veröffentlichen`,
    createTask: ({ amountWei }) => `Aufgabe mit ${amountWei} CAIRN Hinterlegung eröffnen`,
    closeTask: ({ task }) => `Aufgabe ${task} schließen`,
  },
  failures: {
    WALLET_WRONG_CHAIN: {
      what: "Die Wallet ist auf einer anderen Chain.",
      next: "Wechseln Sie sie zur Chain dieser Seite, dann noch einmal.",
    },
    WALLET_UNKNOWN_CHAIN: {
      what: "Die Wallet kennt diese Chain nicht.",
      next: "Fügen Sie sie in der Wallet hinzu, dann noch einmal.",
    },
    WALLET_BUSY: {
      what: "In der Wallet ist schon eine Frage offen.",
      next: "Beantworten oder schließen Sie sie dort, dann noch einmal.",
    },
    WALLET_SILENT: {
      what: "Die Wallet hat nicht geantwortet.",
      next: "Öffnen Sie sie oder starten Sie sie neu, dann noch einmal.",
    },
    WALLET_NOT_CONNECTED: {
      what: "Die Wallet ist nicht mehr mit dieser Seite verbunden.",
      next: "Verbinden Sie sie neu.",
    },
    WALLET_REJECTED: {
      what: "Sie haben die Erlaubnis abgelehnt, die das braucht.",
      next: "Beginnen Sie neu, wenn Sie senden wollen.",
    },
    WALLET_FAILED: {
      what: "Die Wallet konnte das nicht.",
      next: "Was sie sagt, steht unten; versuchen Sie es noch einmal oder mit einer anderen Wallet.",
    },
    CHAIN_INSUFFICIENT_FUNDS: {
      what: "Das Konto hat nicht genug Ether für Gas.",
      next: "Senden Sie ihm welchen; auf einer lokalen Chain gibt ihn der Faucet auf der Wallet-Seite.",
    },
    CHAIN_RPC_UNREACHABLE: {
      what: "Der RPC antwortet nicht.",
      next: "Prüfen Sie die Verbindung und versuchen Sie es noch einmal; nichts wurde gesendet.",
    },
    CHAIN_RPC_REFUSED: {
      what: "Der RPC hat die Anfrage abgelehnt.",
      next: "Noch einmal; bleibt es so, muss jemand nach dem RPC der Seite sehen.",
    },
    CHAIN_REVERTED: {
      what: "Der Vertrag hat abgelehnt, ohne einen Grund, der hier bekannt ist.",
      next: "Vergleichen Sie die Version der Seite mit der der Verträge.",
    },
  },
};
