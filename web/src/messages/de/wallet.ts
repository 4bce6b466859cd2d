/** Wallets: eine auswählen, und was mit ihr nicht stimmen kann. */
import type { Translated } from "../catalogue.ts";
import type { en } from "../en/wallet.ts";

export const de: Translated<typeof en> = {
  connect: "Wallet verbinden",
  connectTitle: "Eine Wallet verbinden",
  connectLead:
    "Zum Lesen brauchen Sie keine. Eine Wallet unterschreibt, was Sie senden; diese Seite fragt nie nach ihren Schlüsseln.",
  yourWallet: "Ihre Wallet",
  connectedAs: (address) => `Verbunden als ${address}; Wallet öffnen`,
  confirmIn: (name) => `In ${name} bestätigen …`,
  nothingShowing: (name) => `Nichts zu sehen? Öffnen Sie ${name} über das Symbol im Browser: Dort wartet die Frage.`,
  walletSilent: (name) =>
    `${name} antwortet seit anderthalb Minuten nicht. Öffnen Sie die Wallet oder starten Sie sie neu, dann noch einmal.`,
  declined: "Sie haben in der Wallet abgelehnt. Nichts wurde geändert.",
  walletBusy: "In der Wallet ist schon eine Frage offen. Beantworten oder schließen Sie sie dort, dann noch einmal.",
  walletFailed: "Die Wallet konnte das nicht. Was sie dazu sagt, steht unten.",
  noWallet: "In diesem Browser ist keine Wallet zu finden.",
  noWalletText:
    "Alles hier lässt sich ohne Wallet lesen. Um teilzunehmen, installieren Sie eine, die sich selbst meldet (MetaMask, Rabby und die meisten anderen tun das), und laden Sie die Seite neu.",
  orCommandLine: "Oder nehmen Sie von der Kommandozeile aus teil:",
  whatIsAWallet: "Was ist eine Wallet?",
  whatIsAWalletText:
    "Ein Programm, das Ihre Schlüssel verwahrt und Sie fragt, bevor etwas unterschrieben wird. Konto, Einsatz und Belohnungen gehören dem, der die Schlüssel hat; deshalb bleiben sie in der Wallet.",
  onChain: (name) => `Auf ${name}`,
  openWalletPage: "Guthaben und Belohnungen",
  disconnect: "Trennen",
  wrongChain: "Ihre Wallet ist auf einer anderen Chain",
  wrongChainText: (actual, wanted) =>
    `Sie ist auf Chain ${actual}; was Sie hier sehen, ist auf ${wanted}. Lesen geht; zum Senden wechseln Sie bitte.`,
  switchTo: (name) => `Zu ${name} wechseln`,
  switchByHand: "Die Wallet hat nicht gewechselt. Von Hand:",
  switchByHandText:
    "Fügen Sie in den Einstellungen der Wallet ein Netzwerk mit diesen Werten hinzu und wählen Sie es aus.",
  chainId: "Chain-ID",
};
