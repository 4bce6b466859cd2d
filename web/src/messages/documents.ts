import { catalogue } from "./catalogue.ts";
import { de } from "./de/documents.ts";
import { en } from "./en/documents.ts";

export const documents = catalogue(en, de);
