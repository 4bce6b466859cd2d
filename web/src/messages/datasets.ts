import { catalogue } from "./catalogue.ts";
import { de } from "./de/datasets.ts";
import { en } from "./en/datasets.ts";

export const datasets = catalogue(en, de);
