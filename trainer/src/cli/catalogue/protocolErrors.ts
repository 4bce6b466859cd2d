/** Catalogue rows of the protocol's pure parts: documents and hashes that do not hold together. */
import type { BlockHeaderDetail } from "../../protocol/blockHeader.ts";
import type { CanonicalJsonDetail } from "../../protocol/canonicalJson.ts";
import type { ContentRefDetail } from "../../protocol/contentRef.ts";
import type { HexDetail } from "../../protocol/hex.ts";
import type { PlanDetail } from "../../protocol/plan.ts";
import type { RevealPackageDetail } from "../../protocol/revealPackage.ts";
import type { RoundReportDetail } from "../../protocol/roundReport.ts";
import { type Entry, entry } from "./entry.ts";

type ProtocolDetail = BlockHeaderDetail | CanonicalJsonDetail | ContentRefDetail | HexDetail | PlanDetail;
type ProtocolCode = (ProtocolDetail | RevealPackageDetail | RoundReportDetail)["code"];

export const protocolErrors = {
  PLAN_MALFORMED: entry(
    "data",
    "A training plan has a field that is missing, unknown or out of range.",
    "correct the field that the message names",
    "if it is somebody's task: do not take part in it",
  ),
  REPORT_MALFORMED: entry(
    "data",
    "The document that an auditor filed as a round's report is none.",
    "do not believe it; where other auditors filed another one, that is shown",
  ),
  REPORT_TOO_LARGE: entry(
    "data",
    "The document that an auditor filed as a round's report is larger than any report.",
    "do not believe it; nothing of it was read",
  ),
  JSON_MALFORMED: entry("data", "A document is not JSON.", "look at the place that the message names"),
  JSON_NOT_CANONICAL: entry(
    "data",
    "A document is JSON, but not in the one form that its hash stands for.",
    "do not edit plans and manifests by hand; make them with cairn",
  ),
  JSON_TOO_DEEP: entry(
    "data",
    "A document is nested deeper than any of Cairn's.",
    "do not use it: it was made by another program, or to exhaust whoever reads it",
  ),
  JSON_UNSUPPORTED_VALUE: entry(
    "data",
    "A value cannot be written as JSON.",
    "use finite numbers, texts, lists and objects only",
  ),
  PACKAGE_MALFORMED: entry(
    "data",
    "A file is not a reveal package, or was changed.",
    "export it again from the tab that trained; do not open and save it in an editor",
  ),
  PACKAGE_UPDATE_MISMATCH: entry(
    "data",
    "The update in a reveal package is not the one that was committed to.",
    "export it again from the tab that trained: this copy is damaged",
  ),
  HEX_MALFORMED: entry(
    "usage",
    "A text is not 0x and an even number of hex digits.",
    "check the value that you pasted",
  ),
  HEX_LENGTH: entry("usage", "A hex text has the wrong length.", "check that the value was not cut when you pasted it"),
  CONTENT_REF_MALFORMED: entry(
    "data",
    "A CID is not one that Cairn can have made.",
    "check the CID; files are laid out as unixfs-v1-2025",
  ),
  HEADER_FIELD_MISSING: entry(
    "network",
    "The RPC left a field out of a block header.",
    "use another RPC: --rpc-url URL",
  ),
  HEADER_UNKNOWN_FORM: entry(
    "network",
    "A block header has a form that this version does not know.",
    "update cairn; after a hard fork the header may have grown",
  ),
} as const satisfies Record<ProtocolCode, Entry>;
