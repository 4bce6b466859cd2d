/** Words of the pages about errors. */
export const en = {
  title: "Errors",
  lead: "Every code that Cairn can show, on the command line, in a contract's refusal or on this site: what it means and what to do.",
  search: "Find a code or a word",
  count: (shown: string, all: string) => `${shown} of ${all} codes`,
  none: "No code has that in it.",
  what: "What happened",
  inEnglish: "In the words of the command line.",
  next: "What to do next",
  cli: "On the command line",
  back: "All errors",
  areas: { site: "This site", wallet: "Wallet and transactions" },
  unnamed: "Look at the details that came with it.",
};
