import { catalogue } from "./catalogue.ts";
import { de } from "./de/home.ts";
import { en } from "./en/home.ts";

export const home = catalogue(en, de);
