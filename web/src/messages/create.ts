import { catalogue } from "./catalogue.ts";
import { de } from "./de/create.ts";
import { en } from "./en/create.ts";

export const create = catalogue(en, de);
