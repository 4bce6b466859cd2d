"use client";
import { countAccepted } from "../../components/round/verdictOf.ts";
/** The round in five figures. */
import { Stat, StatRow } from "../../components/Stat.tsx";
import type { Round } from "../../index/types.ts";
import { rounds } from "../../messages/rounds.ts";
import { useTexts } from "../../messages/useTexts.ts";

export function Facts({ round }: { readonly round: Round }) {
  const { facts: t } = useTexts(rounds);
  const { participants, committee, acceptedBitmap } = round;
  const opened = participants.filter(({ revealed }) => revealed !== undefined);
  const verdictSeats = committee.reduce((sum, { verdict, seats }) => sum + (verdict === undefined ? 0 : seats), 0);
  const slots = opened.map(({ slot }) => slot);
  return (
    <StatRow>
      <Stat label={t.committed}>{t.of(`${participants.length}`, `${round.expected}`)}</Stat>
      <Stat label={t.revealed}>{t.of(`${opened.length}`, `${participants.length}`)}</Stat>
      <Stat label={t.verdicts} note={round.seats > 0 ? t.seats(`${round.seats}`) : undefined}>
        {verdictSeats}
      </Stat>
      {round.quorum > 0 && <Stat label={t.quorum}>{round.quorum}</Stat>}
      <Stat label={t.accepted} note={acceptedBitmap === undefined ? t.hiddenUntil : undefined}>
        {acceptedBitmap === undefined ? "–" : t.of(`${countAccepted(acceptedBitmap, slots)}`, `${opened.length}`)}
      </Stat>
      <Stat label={t.base}>{round.baseVersion}</Stat>
      {round.publishedVersion > 0 && <Stat label={t.made}>{round.publishedVersion}</Stat>}
    </StatRow>
  );
}
