import { catalogue } from "./catalogue.ts";
import { de } from "./de/models.ts";
import { en } from "./en/models.ts";

export const models = catalogue(en, de);
