"use client";
/** The tab's training, for components. */
import { useSyncExternalStore } from "react";
import { getTrainer, subscribeTrainer, type TrainerSnapshot } from "../../training/activeTrainer.ts";

const none = (): undefined => undefined;

export function useTrainer(): TrainerSnapshot | undefined {
  return useSyncExternalStore(subscribeTrainer, getTrainer, none);
}
