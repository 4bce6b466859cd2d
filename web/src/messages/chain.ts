import { catalogue } from "./catalogue.ts";
import { de } from "./de/chain.ts";
import { en } from "./en/chain.ts";

/** Words of the protocol; pages have areas of their own. */
export const chain = catalogue(en, de);
