/** Disputes: which results are open to one, and what one will be. */
export const en = {
  title: "Disputes",
  lead: "The time between a result and its being final, in which one honest person can stop a whole committee.",
  notYet:
    "The dispute game is not on chain yet. Windows open and close as they will then, but nobody can dispute a result today: it rests on the committee's quorum.",
  openNow: "Windows open now",
  passed: "Results that became final",
  refused: "Updates refused by committees",
  refusedNote: "before any dispute: replays gave other bytes",
  windows: "Challenge windows open now",
  windowsNote: "A quorum has attested the result; it becomes final when its time is over.",
  none: "No window is open",
  noneText:
    "A window opens at the end of each round and lasts as long as the task says: at least a day on real chains, a second on a local one.",
  round: "Round",
  roundOf: (round: number, task: string) => `Round ${round} of task ${task}`,
  result: "Result",
  attested: "Attested by",
  seats: (seats: number, all: number) => `${seats} of ${all} seats`,
  closes: "Becomes final in",
  how: "What a dispute will be",
  steps: [
    "Somebody trains the update again, gets other bytes, and puts up a bond against the result.",
    "Training leaves a trace: a hash of the state after every few steps, in one Merkle tree. The two sides halve the interval in which their traces part, turn by turn, each with a clock.",
    "What is left is one step of training. The contract checks that single step, or asks both to prove it.",
    "Whoever was wrong pays; half goes to the one who was right. The round fails if its result was false.",
  ],
  today: "What protects results today",
  todayText:
    "Every update of a Replayable task is trained again, bit for bit, by a committee drawn by stake. Verdicts are committed before they are opened, silence costs stake, and planted errors catch auditors that accept unseen. A committee can be outvoted only by itself: that is what the dispute game will change.",
};
