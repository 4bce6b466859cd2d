"use client";
/** The opening as a file: out to the command line, or in from where it was trained. */
import { useEffect, useState } from "react";
import { Button } from "../../components/Button.tsx";
import { Notice } from "../../components/States.tsx";
import { train as catalogue } from "../../messages/train.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { useRuntime } from "../../runtime/RuntimeProvider.tsx";
import { exportPackage, importPackage, keptUpdates, type TrainerSnapshot } from "../../training/activeTrainer.ts";
import type { Owner } from "../../training/store/journal.ts";
import { trainFailure } from "./failure.ts";

export function PackageButtons({ trainer }: { readonly trainer: TrainerSnapshot }) {
  const t = useTexts(catalogue);
  const { chain, contracts } = useRuntime();
  const [hasKept, setKept] = useState(false);
  const [said, setSaid] = useState<{ readonly text: string; readonly isFailure: boolean }>();
  const { account, state } = trainer;
  const isPublic = state.step === "revealed" || state.step === "waiting"; // what is open on chain needs no package
  const owner: Owner = { chainId: chain.id, flContract: contracts.flContract, trainer: account };

  // biome-ignore lint/correctness/useExhaustiveDependencies: looked at again whenever the round moves on
  useEffect(() => {
    keptUpdates(owner).then(
      (kept) => setKept(kept.length > 0),
      () => setKept(false),
    );
  }, [account, state.step]);

  const run = (work: () => Promise<string | undefined>): void => {
    work().then(
      (text) => setSaid(text === undefined ? undefined : { text, isFailure: false }),
      (error: unknown) => setSaid({ text: trainFailure(t.errors, error).text, isFailure: true }),
    );
  };
  const save = async (): Promise<undefined> => {
    const exported = await exportPackage(owner);
    if (exported !== undefined) download(exported.name, exported.bytes);
  };
  const bring = (): void => {
    const input = Object.assign(document.createElement("input"), { type: "file", accept: ".reveal" });
    input.onchange = () => {
      const file = input.files?.[0];
      if (file === undefined) return;
      run(async () => t.live.imported((await importPackage(new Uint8Array(await file.arrayBuffer()), owner)).round));
    };
    input.click();
  };
  return (
    <>
      {hasKept && !isPublic && (
        <Button kind="quiet" icon="download" title={t.live.exportNote} onClick={() => run(save)}>
          {t.live.export}
        </Button>
      )}
      {state.step === "openingMissing" && (
        <Button kind="primary" onClick={bring}>
          {t.live.import}
        </Button>
      )}
      {hasKept && !isPublic && <p className="w-full text-xs text-muted">{t.live.exportNote}</p>}
      {said !== undefined && (
        <div role="status" className="w-full">
          <Notice tone={said.isFailure ? "danger" : "success"}>{said.text}</Notice>
        </div>
      )}
    </>
  );
}

function download(name: string, bytes: Uint8Array): void {
  const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: "application/octet-stream" }));
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
