/** Wallets: choosing one, and what can be wrong with it. */
export const en = {
  connect: "Connect wallet",
  connectTitle: "Connect a wallet",
  connectLead: "Reading works without one. A wallet signs what you send; this page never asks for its keys.",
  yourWallet: "Your wallet",
  connectedAs: (address: string) => `Connected as ${address}; open wallet`,
  confirmIn: (name: string) => `Confirm in ${name} …`,
  nothingShowing: (name: string) =>
    `Nothing showing? Open ${name} by its icon in the browser: the question waits there.`,
  walletSilent: (name: string) =>
    `${name} has not answered for a minute and a half. Open or restart it, then try again.`,
  declined: "You declined in the wallet. Nothing was changed.",
  walletBusy: "The wallet has a question open already. Answer or close it there, then try again.",
  walletFailed: "The wallet could not do that. What it said stands below.",
  noWallet: "No wallet found in this browser.",
  noWalletText:
    "Everything here can be read without one. To take part, install a wallet that announces itself (MetaMask, Rabby and most others do) and reload this page.",
  orCommandLine: "Or take part from the command line:",
  whatIsAWallet: "What is a wallet?",
  whatIsAWalletText:
    "A program that keeps your keys and asks you before anything is signed. Your account, stake and rewards belong to whoever has the keys, so they stay in the wallet.",
  onChain: (name: string) => `On ${name}`,
  openWalletPage: "Balances and rewards",
  disconnect: "Disconnect",
  wrongChain: "Your wallet is on another chain",
  wrongChainText: (actual: number, wanted: string) =>
    `It is on chain ${actual}; what you see here is on ${wanted}. Reading works; to send anything, switch.`,
  switchTo: (name: string) => `Switch to ${name}`,
  switchByHand: "The wallet did not switch. By hand:",
  switchByHandText: "Add a network in the wallet's settings with these values, and choose it.",
  chainId: "Chain id",
};
