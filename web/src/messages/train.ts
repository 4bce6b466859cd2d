import { catalogue } from "./catalogue.ts";
import { de } from "./de/train.ts";
import { en } from "./en/train.ts";

export const train = catalogue(en, de);
