"use client";
/** What answered: the version, its hash on chain and where it comes from. */
import { Hash } from "../../components/Address.tsx";
import { Badge } from "../../components/Badge.tsx";
import { Link } from "../../components/Link.tsx";
import { links } from "../../components/links.ts";
import { Panel } from "../../components/Panel.tsx";
import { Properties } from "../../components/Stat.tsx";
import { Bytes, Count } from "../../components/Value.tsx";
import type { OpenedModel } from "../../inference/worker/inferCalls.ts";
import { tryModel as catalogue } from "../../messages/try.ts";
import { useTexts } from "../../messages/useTexts.ts";
import type { VersionProps } from "./TryVersion.tsx";

export function Proof({ model, version, opened }: VersionProps & { readonly opened: OpenedModel }) {
  const t = useTexts(catalogue);
  const { weights, taskId, round } = version;
  return (
    <Panel
      title={t.proof.title}
      aside={
        <Link href={links.model(model.id, version.version)} className="underline">
          {t.proof.full}
        </Link>
      }
    >
      <Properties
        rows={[
          [t.proof.model, `${model.name.slice(0, 80)} (${model.id})`],
          [t.proof.version, `${version.version}`],
          [
            t.proof.from,
            taskId === 0n ? (
              round > 0 ? (
                t.proof.merged(round)
              ) : (
                t.proof.byHand
              )
            ) : (
              <Link key="round" href={links.round(taskId, round)} className="underline">
                {t.proof.round(`${taskId}`, round)}
              </Link>
            ),
          ],
          [t.proof.weights, <Hash key="hash" hash={weights.digest} />],
          [t.proof.size, <Bytes key="size" bytes={weights.byteLength} />],
          [t.proof.parameters, <Count key="count" value={opened.parameters} />],
        ]}
      />
      <p className="mt-3 flex flex-wrap items-center gap-2 text-sm">
        <Badge tone="success" icon="check">
          SHA-256
        </Badge>
        {t.proof.checked}
      </p>
    </Panel>
  );
}
