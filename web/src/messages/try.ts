import { catalogue } from "./catalogue.ts";
import { de } from "./de/try.ts";
import { en } from "./en/try.ts";

export const tryModel = catalogue(en, de);
