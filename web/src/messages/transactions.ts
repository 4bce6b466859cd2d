import { catalogue } from "./catalogue.ts";
import { de } from "./de/transactions.ts";
import { en } from "./en/transactions.ts";

export const transactions = catalogue(en, de);
