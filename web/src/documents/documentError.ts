/** Every way in which a document may not be shown. Each has a text in the catalogues, by its code. */
import { type ErrorDetail, TaggedError } from "@cairn/trainer/protocol/errors";

export type DocumentDetail =
  /** `cairn.json` names no gateway. */
  | { readonly code: "DOCUMENT_NO_SOURCE" }
  /** Nobody whom we may ask has it, or nobody answers in time. */
  | { readonly code: "DOCUMENT_NOT_FOUND"; readonly cid: string }
  /** Somebody gave other bytes than the chain names. They were thrown away. */
  | { readonly code: "DOCUMENT_WRONG_DIGEST"; readonly cid: string; readonly source: string }
  /** Larger than a document of its kind may be; not even asked for. */
  | { readonly code: "DOCUMENT_TOO_LARGE"; readonly byteLength: number; readonly maxBytes: number }
  /** The right bytes, but they do not spell what they should. */
  | { readonly code: "DOCUMENT_MALFORMED"; readonly problem: string };

export class DocumentError extends TaggedError<DocumentDetail & ErrorDetail> {
  constructor(detail: DocumentDetail, options?: ErrorOptions) {
    super(detail, detail.code, options);
  }
}
