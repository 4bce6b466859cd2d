"use client";
/** The protocol's states as badges: word and icon first. */
import type { Phase, TaskMode } from "@cairn/trainer/protocol/contractEnums";
import { chain } from "../messages/chain.ts";
import { useTexts } from "../messages/useTexts.ts";
import { Badge, type Tone } from "./Badge.tsx";
import type { IconName } from "./Icon.tsx";

const MODES: Readonly<Record<TaskMode, readonly [IconName, Tone]>> = {
  None: ["dashed", "neutral"],
  Replayable: ["refresh", "accent"],
  Private: ["eye", "info"],
  Sealed: ["lock", "warning"],
};

/** Every result says which mode it came from. */
export function ModeBadge({ mode }: { readonly mode: TaskMode }) {
  const t = useTexts(chain);
  const [icon, tone] = MODES[mode];
  return (
    <Badge icon={icon} tone={tone} title={t.modeNotes[mode]}>
      {t.modes[mode]}
    </Badge>
  );
}

export const PHASE_MARKS: Readonly<Record<Phase, readonly [IconName, Tone]>> = {
  None: ["dashed", "neutral"],
  Commit: ["lock", "info"],
  Reveal: ["eye", "info"],
  Draw: ["users", "info"],
  AuditCommit: ["refresh", "info"],
  AuditReveal: ["scale", "info"],
  Aggregate: ["stones", "info"],
  Challenge: ["alert", "warning"],
  Final: ["check", "success"],
  Failed: ["cross", "danger"],
};

export function PhaseBadge({ phase }: { readonly phase: Phase }) {
  const t = useTexts(chain);
  const [icon, tone] = PHASE_MARKS[phase];
  return (
    <Badge icon={icon} tone={tone} title={t.phaseNotes[phase]}>
      {t.phases[phase]}
    </Badge>
  );
}

export type VerdictWord = "accepted" | "rejected" | "duplicate" | "pending" | "hidden" | "missed";

const VERDICTS: Readonly<Record<VerdictWord, readonly [IconName, Tone]>> = {
  accepted: ["check", "success"],
  rejected: ["cross", "danger"],
  duplicate: ["copy", "warning"],
  pending: ["clock", "neutral"],
  hidden: ["lock", "neutral"],
  missed: ["ban", "danger"],
};

export function VerdictBadge({ verdict }: { readonly verdict: VerdictWord }) {
  const t = useTexts(chain);
  const [icon, tone] = VERDICTS[verdict];
  return (
    <Badge icon={icon} tone={tone}>
      {t.verdict[verdict]}
    </Badge>
  );
}
