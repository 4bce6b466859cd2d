"use client";
/** What the task fixed for good when it was opened. */
import { Hash } from "../../components/Address.tsx";
import { Link } from "../../components/Link.tsx";
import { links } from "../../components/links.ts";
import { Panel } from "../../components/Panel.tsx";
import { phaseSeconds, STEPS } from "../../components/round/phaseSteps.ts";
import { Properties } from "../../components/Stat.tsx";
import { Duration } from "../../components/Time.tsx";
import { Amount, Bytes, Percent } from "../../components/Value.tsx";
import { useChainState, useDataset, useModel } from "../../index/hooks.ts";
import { cohortOf } from "../../index/select.ts";
import type { Task } from "../../index/types.ts";
import { chain } from "../../messages/chain.ts";
import { tasks as catalogue } from "../../messages/tasks.ts";
import { useTexts } from "../../messages/useTexts.ts";

export function Terms({ task: { id, terms } }: { readonly task: Task }) {
  const { terms: title, termRows: t, facts } = useTexts(catalogue);
  const c = useTexts(chain);
  const model = useModel(terms.modelId);
  const dataset = useDataset(terms.datasetId);
  const place = cohortOf(useChainState(), id);
  return (
    <Panel title={title} note={t.fixed}>
      <Properties
        rows={[
          [
            t.model,
            <Link key="m" href={links.model(terms.modelId)} className="underline">
              {model?.name || `${terms.modelId}`}
            </Link>,
          ],
          [
            t.dataset,
            <Link key="d" href={links.dataset(terms.datasetId)} className="underline">
              {dataset?.name || `${terms.datasetId}`}
            </Link>,
          ],
          ...(place === undefined
            ? []
            : [
                [
                  t.group,
                  <Link key="g" href={links.model(place.group.modelId)} className="underline">
                    {t.groupOf(`${place.group.id}`, place.cohort, place.group.cohorts.length, place.group.epoch)}
                  </Link>,
                ] as const,
              ]),
          [t.plan, <Hash key="p" hash={terms.plan.digest} />],
          [t.quorum, t.quorumOf(`${terms.quorum}`, `${terms.committeeSize}`)],
          [facts.stake, <Amount key="s" wei={terms.minStakeWei} />],
          [t.missedReveal, <Amount key="r" wei={terms.missedRevealSlashWei} />],
          [t.maxUpdate, <Bytes key="u" bytes={terms.maxUpdateBytes} />],
          [t.reputation, <Percent key="q" share={terms.minReputationNano / 1e9} digits={0} />],
          [
            t.phases,
            <ul key="h" className="text-xs leading-5">
              {STEPS.filter((name) => name !== "Final").map((name) => (
                <li key={name} className="flex flex-wrap justify-between gap-x-2">
                  <span>{c.phases[name]}</span>
                  <Duration seconds={phaseSeconds(name, terms)} />
                </li>
              ))}
            </ul>,
          ],
        ]}
      />
    </Panel>
  );
}
