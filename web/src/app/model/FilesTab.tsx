"use client";
/** A version's files by digest: fetched from whoever has them, checked here, and only then handed over. */
import { toCid } from "@cairn/trainer/protocol/contentRef";
import { useState } from "react";
import { Button } from "../../components/Button.tsx";
import { Copy } from "../../components/Copy.tsx";
import { Icon } from "../../components/Icon.tsx";
import { Panel } from "../../components/Panel.tsx";
import { Properties } from "../../components/Stat.tsx";
import { Bytes } from "../../components/Value.tsx";
import { DocumentFailure } from "../../documents/DocumentFailure.tsx";
import { DocumentError } from "../../documents/documentError.ts";
import { useDocumentReader } from "../../documents/useDocument.ts";
import type { ContentRef, Model, ModelVersion } from "../../index/types.ts";
import { models as catalogue } from "../../messages/models.ts";
import { useTexts } from "../../messages/useTexts.ts";

export function FilesTab({ model, version }: { readonly model: Model; readonly version: ModelVersion }) {
  const t = useTexts(catalogue);
  return (
    <>
      <Panel title={t.weightsOf(version.version)} note={t.weightsNote}>
        <File file={version.weights} name={`model-${model.id}-v${version.version}.bin`} />
      </Panel>
      <Panel title={t.modelDocument} note={t.modelDocumentNote}>
        <File file={model.metadata} name={`model-${model.id}.json`} />
      </Panel>
      <Panel title={t.asSafetensors} note={t.asSafetensorsNote}>
        <p className="flex items-start gap-1">
          <code className="min-w-0 flex-1 rounded bg-sunken px-2 py-1.5 text-sm break-words">
            {`npx cairn model pull ${model.id} --version ${version.version}`}
          </code>
          <Copy text={`npx cairn model pull ${model.id} --version ${version.version}`} what={t.command} />
        </p>
      </Panel>
    </>
  );
}

/** Unit: bytes. */
const MAX_BYTES = 256 * 2 ** 20;

function File({ file, name }: { readonly file: ContentRef; readonly name: string }) {
  const t = useTexts(catalogue);
  const reader = useDocumentReader();
  const [state, setState] = useState<"idle" | "reading" | "good" | DocumentError>("idle");
  const read = async () => {
    setState("reading");
    try {
      save(await reader.read(file, { maxBytes: MAX_BYTES }), name);
      setState("good");
    } catch (error) {
      setState(error instanceof DocumentError ? error : "idle");
    }
  };
  const cid = toCid(file).toString();
  return (
    <div className="flex flex-col gap-3">
      <Properties
        rows={[
          [t.size, <Bytes key="size" bytes={file.byteLength} />],
          ["SHA-256", <Long key="digest" text={file.digest.slice(2)} what="SHA-256" />],
          ["CID", <Long key="cid" text={cid} what="CID" />],
        ]}
      />
      <div className="flex flex-wrap items-center gap-3">
        <Button size="small" icon="download" busy={state === "reading"} onClick={() => void read()}>
          {t.fetchAndCheck}
        </Button>
        <span role="status" className="text-sm">
          {state === "good" && (
            <span className="inline-flex items-center gap-1.5 text-success">
              <Icon name="check" /> {t.checked}
            </span>
          )}
        </span>
      </div>
      {state instanceof DocumentError && <DocumentFailure error={state} onRetry={() => void read()} />}
    </div>
  );
}

function Long({ text, what }: { readonly text: string; readonly what: string }) {
  return (
    <span className="flex items-start gap-1">
      <span className="min-w-0 font-mono text-[0.92em] break-all">{text}</span>
      <Copy text={text} what={what} />
    </span>
  );
}

/** As bytes and nothing else: a browser must not open it as a page. */
function save(bytes: Uint8Array, name: string): void {
  const address = URL.createObjectURL(
    new Blob([bytes as Uint8Array<ArrayBuffer>], { type: "application/octet-stream" }),
  );
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
