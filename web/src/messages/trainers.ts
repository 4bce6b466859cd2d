import { catalogue } from "./catalogue.ts";
import { de } from "./de/trainers.ts";
import { en } from "./en/trainers.ts";

export const trainers = catalogue(en, de);
