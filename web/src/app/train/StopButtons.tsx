"use client";
/** Two ways to end: with everything opened, or at once, which is asked about when it may cost stake. */
import { useState } from "react";
import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { train as catalogue } from "../../messages/train.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { finishTrainer, stopTrainer } from "../../training/activeTrainer.ts";
import { owesReveal, type TrainingState } from "../../training/loop/trainingState.ts";

export function StopButtons({ state }: { readonly state: TrainingState }) {
  const t = useTexts(catalogue);
  const [isAsking, setAsking] = useState(false);
  const stop = (): void => (owesReveal(state) ? setAsking(true) : stopTrainer());
  return (
    <>
      <Button kind="primary" icon="check" inactive={state.isFinishing} onClick={finishTrainer}>
        {t.live.finish}
      </Button>
      <Button icon="ban" onClick={stop}>
        {t.live.stop}
      </Button>
      <Dialog open={isAsking} onOpenChange={setAsking} title={t.live.stopTitle}>
        <p className="mb-4 text-sm">{t.live.stopText}</p>
        <div className="flex flex-wrap gap-2">
          <Button
            kind="primary"
            onClick={() => {
              setAsking(false);
              finishTrainer();
            }}
          >
            {t.live.finish}
          </Button>
          <Button
            kind="danger"
            onClick={() => {
              setAsking(false);
              stopTrainer();
            }}
          >
            {t.live.stopAnyway}
          </Button>
        </div>
      </Dialog>
    </>
  );
}
