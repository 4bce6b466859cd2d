/** The roles of a node, as they are typed. */
import { InvalidArgumentError } from "commander";
import type { Role } from "../node/nodeEvent.ts";

/** Commander parser of `--role`. */
export function readRole(text: string): Role {
  if (text === "trainer" || text === "auditor") return text;
  throw new InvalidArgumentError("It must be trainer or auditor.");
}
