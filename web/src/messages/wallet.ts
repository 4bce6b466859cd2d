import { catalogue } from "./catalogue.ts";
import { de } from "./de/wallet.ts";
import { en } from "./en/wallet.ts";

export const wallet = catalogue(en, de);
