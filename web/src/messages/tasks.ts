import { catalogue } from "./catalogue.ts";
import { de } from "./de/tasks.ts";
import { en } from "./en/tasks.ts";

export const tasks = catalogue(en, de);
