import { catalogue } from "./catalogue.ts";
import { de } from "./de/rounds.ts";
import { en } from "./en/rounds.ts";

export const rounds = catalogue(en, de);
