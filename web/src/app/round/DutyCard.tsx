"use client";
/** What is yours to do now, by when, what it can bring and what it can cost at most. */
import { useAccountAddress } from "../../components/account.ts";
import { ButtonLink } from "../../components/Button.tsx";
import { Icon, type IconName } from "../../components/Icon.tsx";
import { links } from "../../components/links.ts";
import { Panel } from "../../components/Panel.tsx";
import { type Duty, dutiesOf } from "../../components/round/duty.ts";
import { Clock, Countdown } from "../../components/Time.tsx";
import { Amount } from "../../components/Value.tsx";
import type { Round, Task } from "../../index/types.ts";
import { useSeatStake } from "../../index/useView.ts";
import { rounds } from "../../messages/rounds.ts";
import { useTexts } from "../../messages/useTexts.ts";

export function DutyCard({ task, round }: { readonly task: Task; readonly round: Round }) {
  const { duty: t } = useTexts(rounds);
  const me = useAccountAddress();
  const seatStakeWei = useSeatStake();
  const canJoin = task.closed === undefined && round.ended === undefined;
  if (me === undefined) {
    return (
      <Panel title={t.title}>
        <p className="text-sm text-muted text-pretty">{t.noWallet}</p>
      </Panel>
    );
  }
  const duties = dutiesOf(task, round, { account: me, seatStakeWei: seatStakeWei ?? 0n });
  return (
    <Panel title={t.title} className={duties.some(({ until }) => until > 0) ? "border-accent" : ""}>
      <ul className="flex flex-col gap-4">
        {duties.map((duty) => (
          <li key={duty.name}>
            <DutyLine duty={duty} task={task} />
          </li>
        ))}
      </ul>
      {duties[0]?.name === "notIn" && canJoin && (
        <ButtonLink href={links.train(task.id)} size="small" icon="stones" className="mt-3">
          {t.join}
        </ButtonLink>
      )}
    </Panel>
  );
}

const URGENT: IconName = "bolt";

function DutyLine({ duty, task }: { readonly duty: Duty; readonly task: Task }) {
  const { duty: t } = useTexts(rounds);
  const isDue = duty.until > 0;
  const text = duty.name === "lateJoin" ? t.lateJoin(`${task.rounds.length + 1}`) : t[duty.name];
  return (
    <>
      <p className={isDue ? "flex gap-2 font-semibold" : "flex gap-2"}>
        <Icon
          name={isDue ? URGENT : "circle"}
          className={isDue ? "mt-1 size-4 text-accent" : "mt-1 size-4 text-muted"}
        />
        <span className="min-w-0">{text}</span>
      </p>
      {isDue && (
        <p className="mt-1 pl-6 text-sm">
          <Countdown until={duty.until} className="font-semibold" announce={(left) => `${text}: ${left}`} />
          <span className="text-muted"> · </span>
          <Clock at={duty.until} />
        </p>
      )}
      {(isDue || duty.riskWei > 0n) && (
        <dl className="mt-2 grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 pl-6 text-sm">
          <dt className="text-muted">{t.atMost}</dt>
          <dd>
            {duty.riskWei > 0n ? <Amount wei={duty.riskWei} /> : null} {t.risk[duty.risk]}
          </dd>
          {duty.earnWei > 0n && (
            <>
              <dt className="text-muted">{t.earn}</dt>
              <dd>
                <Amount wei={duty.earnWei} />
              </dd>
            </>
          )}
        </dl>
      )}
    </>
  );
}
