import { catalogue } from "./catalogue.ts";
import { de } from "./de/disputes.ts";
import { en } from "./en/disputes.ts";

export const disputes = catalogue(en, de);
