import { catalogue } from "./catalogue.ts";
import { de } from "./de/status.ts";
import { en } from "./en/status.ts";

export const status = catalogue(en, de);
