/** One version of a model: found on chain, fetched from peers, checked against its hash. */
import type { CallOptions, Chain } from "../chain/connection.ts";
import type { ContentStore } from "../network/contentStore.ts";
import { decodeCanonicalJson } from "../protocol/canonicalJson.ts";
import type { ContentRef } from "../protocol/contentRef.ts";
import { CliError } from "./cliError.ts";
import type { Context } from "./command.ts";

export interface ModelVersion {
  readonly modelId: bigint;
  readonly name: string;
  readonly version: bigint;
  readonly weights: ContentRef;
  /** The model's document, which holds its architecture. */
  readonly document: ContentRef;
}

/** @throws {CliError} `CLI_MODEL_UNKNOWN`; {ChainError} */
export async function readModel(chain: Chain, modelId: bigint, options: CallOptions) {
  const count = await chain.read("modelRegistry", "modelCount", [], options);
  if (modelId > count) {
    throw new CliError(
      { code: "CLI_MODEL_UNKNOWN", modelId: `${modelId}` },
      `there is no model ${modelId}; the last is ${count}`,
    );
  }
  return chain.read("modelRegistry", "modelOf", [modelId], options);
}

/**
 * @param version absent: the latest.
 * @throws {CliError} `CLI_MODEL_UNKNOWN`; {ChainError}
 */
export async function findVersion(
  chain: Chain,
  { modelId, version: asked }: { readonly modelId: bigint; readonly version: number | undefined },
  options: CallOptions,
): Promise<ModelVersion> {
  const model = await readModel(chain, modelId, options);
  const version = asked === undefined ? model.latestVersion : BigInt(asked);
  if (version > model.latestVersion) {
    const detail = { code: "CLI_MODEL_UNKNOWN", modelId: `${modelId}` } as const;
    throw new CliError(detail, `model ${modelId} has no version ${version}; the latest is ${model.latestVersion}`);
  }
  const view = await chain.read("modelRegistry", "versionOf", [modelId, version], options);
  return {
    modelId,
    name: model.name,
    version,
    weights: { digest: view.weightsDigest, byteLength: view.weightsByteLength },
    document: { digest: model.metadataDigest, byteLength: model.metadataByteLength },
  };
}

export interface FetchedModel {
  /** Checked against the chain's digest. */
  readonly weights: Uint8Array;
  /** As the model's document gives it; `engine/architecture.ts` has not seen it yet. */
  readonly architecture: unknown;
}

/**
 * Fetches weights and document from the nodes that `NodeRegistry` lists.
 *
 * @throws {NetworkError} {ChainError} {CanonicalJsonError}
 */
export async function fetchModel(context: Context, chain: Chain, version: ModelVersion): Promise<FetchedModel> {
  const { signal, output } = context;
  const { listNodes } = await import("../chain/nodes.ts");
  const { withReadingStore } = await import("./stores.ts");
  const peers = await listNodes(chain, { signal });
  output.progress("looking for peers …");
  return withReadingStore(await context.config(), async (store) => {
    await store.connect(peers, { signal });
    output.progress(`fetching ${version.name} v${version.version} …`);
    return read(store, version, signal);
  });
}

async function read(
  store: ContentStore,
  { weights, document }: ModelVersion,
  signal: AbortSignal,
): Promise<FetchedModel> {
  const metadata = decodeCanonicalJson(await store.get(document, { signal }));
  const isObject = typeof metadata === "object" && metadata !== null && "architecture" in metadata;
  return { weights: await store.get(weights, { signal }), architecture: isObject ? metadata.architecture : undefined };
}
