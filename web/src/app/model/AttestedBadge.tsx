"use client";
/** What a version rests on: the word of a committee, or of several cohorts', for its bytes, or its owner's alone. */
import { Badge } from "../../components/Badge.tsx";
import { useChainState } from "../../index/hooks.ts";
import { madeBy, mergedEpoch } from "../../index/select.ts";
import type { ModelVersion, Round } from "../../index/types.ts";
import { models as catalogue } from "../../messages/models.ts";
import { useTexts } from "../../messages/useTexts.ts";

export function AttestedBadge({ version }: { readonly version: ModelVersion | undefined }) {
  const t = useTexts(catalogue);
  const state = useChainState();
  if (version === undefined) return null;
  const made = madeBy(state, version);
  const epoch = mergedEpoch(version);
  if (epoch !== undefined) {
    return (
      <Badge icon="check" tone="success" title={t.mergedNote}>
        {t.mergedIn(epoch)}
      </Badge>
    );
  }
  if (made === undefined) {
    return (
      <Badge icon="pen" title={t.byOwnerNote}>
        {t.byOwner}
      </Badge>
    );
  }
  return (
    <Badge icon="check" tone="success" title={t.attestedNote}>
      {t.attestedBy(attestingSeats(made.round, version), made.round.seats)}
    </Badge>
  );
}

/** Seats whose holders attested exactly the version's bytes. */
export function attestingSeats({ committee }: Round, { weights }: ModelVersion): number {
  return committee
    .filter(({ attested }) => attested?.weights.digest === weights.digest)
    .reduce((sum, { seats }) => sum + seats, 0);
}
