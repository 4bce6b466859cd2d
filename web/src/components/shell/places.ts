/** The pages that the frame leads to, in order. Pure. */
import type { IconName } from "../Icon.tsx";
import { links } from "../links.ts";

export interface Place {
  readonly href: string;
  /** Key of the frame's texts. */
  readonly name:
    | "overview"
    | "tasks"
    | "models"
    | "trainers"
    | "datasets"
    | "disputes"
    | "train"
    | "tryModel"
    | "wallet"
    | "errors"
    | "status";
  readonly icon: IconName;
  /** Pages that belong to it: on them it is the current one. */
  readonly covers: readonly string[];
}

const place = (href: string, name: Place["name"], icon: IconName, ...covers: string[]): Place => ({
  ...{ href, name, icon, covers: [href, ...covers] },
});

export const PLACES: readonly Place[] = [
  place(links.home(), "overview", "home"),
  place(links.tasks(), "tasks", "bolt", "/task/", "/round/", links.createTask()),
  place(links.models(), "models", "box", "/model/"),
  place(links.trainers(), "trainers", "users", "/trainer/"),
  place(links.datasets(), "datasets", "database", "/dataset/"),
  place(links.disputes(), "disputes", "scale", "/dispute/"),
];

export const DOINGS: readonly Place[] = [
  place(links.train(), "train", "stones"),
  place(links.tryModel(), "tryModel", "pen"),
];

export const OTHERS: readonly Place[] = [
  place(links.wallet(), "wallet", "wallet"),
  place(links.status(), "status", "info"),
  place(links.errors(), "errors", "alert"),
];

/** In the bar at the bottom of narrow screens. */
export const THUMB_PLACES: readonly Place[] = [PLACES[0]!, PLACES[1]!, ...DOINGS];

export function isCurrent({ covers }: Place, path: string): boolean {
  return covers.includes(path.endsWith("/") ? path : `${path}/`);
}
