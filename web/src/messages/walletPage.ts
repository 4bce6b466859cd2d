import { catalogue } from "./catalogue.ts";
import { de } from "./de/walletPage.ts";
import { en } from "./en/walletPage.ts";

export const walletPage = catalogue(en, de);
