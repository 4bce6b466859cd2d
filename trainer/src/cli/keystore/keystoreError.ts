/** What can be wrong with a keystore, its password or a key. Must never hold a secret. */
import { TaggedError } from "../../protocol/errors.ts";

export type KeystoreDetail =
  | { readonly code: "KEYSTORE_NOT_FOUND"; readonly account: string; readonly path: string }
  | { readonly code: "KEYSTORE_EXISTS"; readonly path: string }
  | { readonly code: "KEYSTORE_UNREADABLE"; readonly path: string }
  | { readonly code: "KEYSTORE_UNWRITABLE"; readonly path: string }
  | { readonly code: "KEYSTORE_MALFORMED"; readonly field: string }
  | { readonly code: "KEYSTORE_UNSUPPORTED"; readonly field: string; readonly value: string }
  | { readonly code: "KEYSTORE_WRONG_PASSWORD" }
  | { readonly code: "KEYSTORE_PASSWORD_UNREADABLE"; readonly path: string }
  | { readonly code: "KEYSTORE_PASSWORD_EMPTY" }
  | { readonly code: "KEYSTORE_PASSWORD_DIFFERS" }
  | { readonly code: "KEYSTORE_NAME_INVALID"; readonly name: string }
  | { readonly code: "KEYSTORE_KEY_INVALID" };

export class KeystoreError extends TaggedError<KeystoreDetail> {}
