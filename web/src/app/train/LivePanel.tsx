"use client";
/** The training as it goes: where in its round it is, what it needs of the visitor, how to stop. */
import { Badge } from "../../components/Badge.tsx";
import { Button } from "../../components/Button.tsx";
import { PhaseBadge } from "../../components/chainBadges.tsx";
import { formatDuration, formatNumber } from "../../components/format.ts";
import { Link } from "../../components/Link.tsx";
import { links } from "../../components/links.ts";
import { Panel } from "../../components/Panel.tsx";
import { Stat, StatRow } from "../../components/Stat.tsx";
import { Failure, Notice } from "../../components/States.tsx";
import { Countdown } from "../../components/Time.tsx";
import { Amount } from "../../components/Value.tsx";
import type { Task } from "../../index/types.ts";
import { train as catalogue } from "../../messages/train.ts";
import { useLanguage, useTexts } from "../../messages/useTexts.ts";
import { askAgain, leaveCard, type TrainerSnapshot } from "../../training/activeTrainer.ts";
import { isTraining, owesReveal, type Step } from "../../training/loop/trainingState.ts";
import { deviceText } from "./deviceText.ts";
import { isCardFailure, textOf } from "./failure.ts";
import { LossCurve } from "./LossCurve.tsx";
import { PackageButtons } from "./PackageButtons.tsx";
import { PastRounds } from "./PastRounds.tsx";
import { StopButtons } from "./StopButtons.tsx";

export interface LivePanelProps {
  readonly task: Task;
  readonly trainer: TrainerSnapshot;
}

export function LivePanel({ task, trainer }: LivePanelProps) {
  const t = useTexts(catalogue);
  const [language] = useLanguage();
  const { state, device, samplesPerSecond } = trainer;
  const isRunning = isTraining(state);
  const title = (
    <Link href={links.round(task.id, Math.max(1, state.round))} className="hover:underline">
      {t.live.title(`${task.id}`)}
    </Link>
  );
  return (
    <>
      <Panel
        title={title}
        aside={t.live.machineLine(deviceText(t, device), formatNumber(Math.round(samplesPerSecond), language))}
      >
        <div className="flex flex-col gap-4">
          <Now trainer={trainer} task={task} />
          <Needs trainer={trainer} />
          {(state.curve.length > 1 || state.step === "training") && <LossCurve state={state} />}
          <div className="flex flex-wrap items-start gap-3">
            {isRunning && <StopButtons state={state} />}
            <PackageButtons trainer={trainer} />
          </div>
        </div>
      </Panel>
      <Panel title={t.live.past} flush={state.past.length > 0}>
        <PastRounds past={state.past} />
      </Panel>
    </>
  );
}

function Now({ trainer: { state, account }, task }: LivePanelProps) {
  const t = useTexts(catalogue);
  const earnedWei = task.earned.get(account) ?? 0n;
  const { stopped, round, phase, deadline, isFinishing } = state;
  const step = state.step === "revealed" && task.terms.mode === "Private" ? "scored" : state.step;
  return (
    <>
      <div role="status" className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <span className="text-lg font-medium">
          {stopped === undefined ? t.live.steps[step] : t.live.stopped[stopped]}
        </span>
        {isFinishing && stopped === undefined && <Badge tone="info">{t.live.finishing}</Badge>}
      </div>
      {stopped === undefined && (
        <StatRow>
          <Stat label={t.live.round}>{round === 0 ? t.live.noRound : t.live.roundOf(round, task.terms.rounds)}</Stat>
          <Stat label={t.live.phase}>{phase === undefined ? "–" : <PhaseBadge phase={phase} />}</Stat>
          <Stat label={t.live.phaseEnds}>{deadline === 0 ? "–" : <Countdown until={deadline} />}</Stat>
          <Stat label={t.live.earned}>
            <Amount wei={earnedWei} />
          </Stat>
        </StatRow>
      )}
    </>
  );
}

/** Between disk and opening. */
const WAITING: ReadonlySet<Step> = new Set(["publishing", "signingCommit", "committed", "signingReveal"]);

/** What stands in the way, or is needed of the visitor; at most the two most pressing things. */
function Needs({ trainer: { state, device } }: { readonly trainer: TrainerSnapshot }) {
  const t = useTexts(catalogue);
  const [language] = useLanguage();
  const { declined, late, step, problem, fellBack, isKept, deadline } = state;
  const seconds = (value: number): string => formatDuration(Math.ceil(value), language);
  const again = (
    <Button kind="primary" size="small" onClick={askAgain} className="mt-2">
      {t.live.askAgain}
    </Button>
  );
  if (!isTraining(state)) return null;
  return (
    <>
      {declined !== undefined && (
        <Notice tone={declined === "reveal" ? "danger" : "warning"}>
          <p>{t.live.declined[declined]}</p>
          {again}
        </Notice>
      )}
      {step === "openingMissing" && <Notice tone="danger">{t.live.openingMissing}</Notice>}
      {step === "tooLate" && late !== undefined && (
        <Notice tone="warning">{t.live.tooLate(seconds(late.neededSeconds), seconds(late.leftSeconds))}</Notice>
      )}
      {owesReveal(state) && state.phase === "Reveal" && (
        <Notice tone="warning">
          {t.live.owes} <Countdown until={deadline} />
        </Notice>
      )}
      {isKept && WAITING.has(step) && declined === undefined && <Notice tone="success">{t.live.kept}</Notice>}
      {fellBack !== undefined && (
        <Notice tone="warning">
          {t.live.fellBack} {textOf(t.errors, fellBack.code)} ({fellBack.code})
        </Notice>
      )}
      {problem !== undefined && (
        <Failure title={t.live.problem} details={`${problem.code}: ${problem.message}`}>
          <p>{textOf(t.errors, problem.code)}</p>
          {isCardFailure(problem.code, device.kind) && (
            <Button size="small" className="mt-2" onClick={leaveCard}>
              {t.machine.useProcessor}
            </Button>
          )}
        </Failure>
      )}
    </>
  );
}
