"use client";
/** What an earlier tab left behind for this account: an update whose commitment may have to be opened. */
import { useEffect, useState } from "react";
import { ButtonLink } from "../../components/Button.tsx";
import { links } from "../../components/links.ts";
import { Notice } from "../../components/States.tsx";
import { useChainState } from "../../index/hooks.ts";
import type { Task } from "../../index/types.ts";
import { train as catalogue } from "../../messages/train.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { useRuntime } from "../../runtime/RuntimeProvider.tsx";
import { keptUpdates } from "../../training/activeTrainer.ts";
import type { KeptUpdate } from "../../training/store/journal.ts";
import { useWallet } from "../../wallet/useWallet.ts";

export function KeptNotice({ task }: { readonly task: Task }) {
  const t = useTexts(catalogue);
  const { chain, contracts } = useRuntime();
  const { address } = useWallet();
  const { tasks } = useChainState();
  const [kept, setKept] = useState<readonly KeptUpdate[]>([]);
  useEffect(() => {
    if (address === undefined) return setKept([]);
    let isWanted = true;
    keptUpdates({ chainId: chain.id, flContract: contracts.flContract, trainer: address }).then(
      (found) => isWanted && setKept(found),
      () => {}, // no storage: said when training is started
    );
    return () => {
      isWanted = false;
    };
  }, [address, chain.id, contracts.flContract]);
  const open = kept.filter(({ taskId, round, roundSeed }) => {
    const at = tasks.get(taskId)?.rounds[round - 1];
    return at?.seed === roundSeed && (at.phase === "Commit" || at.phase === "Reveal");
  });
  return open.map(({ taskId, round }) => (
    <Notice key={`${taskId}/${round}`} tone="warning">
      <p className="font-medium">{t.resume.title}</p>
      <p>{t.resume.text(`${taskId}`, round)}</p>
      {taskId !== task.id && (
        <ButtonLink size="small" href={links.train(taskId)} className="mt-2">
          {t.resume.go}
        </ButtonLink>
      )}
    </Notice>
  ));
}
