"use client";
/** The visitor's language, and the texts of an area in it. */
import { useCallback, useSyncExternalStore } from "react";
import { type Catalogue, LANGUAGES, type Language, type Translated } from "./catalogue.ts";

const STORAGE_KEY = "cairn.language";

const listeners = new Set<() => void>();
let chosen: Language | undefined;

/** The stored choice, else the first of the browser's languages that there are texts for, else English. */
function readLanguage(): Language {
  chosen ??= storedLanguage() ?? preferredLanguage(navigator.languages);
  return chosen;
}

function storedLanguage(): Language | undefined {
  try {
    return LANGUAGES.find((language) => language === localStorage.getItem(STORAGE_KEY));
  } catch {
    return undefined; // storage is forbidden here
  }
}

function preferredLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const found = LANGUAGES.find((language) => tag.toLowerCase().split("-")[0] === language);
    if (found !== undefined) return found;
  }
  return "en";
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Pages are made in English ahead of time, so the first paint is too. */
const languageAheadOfTime = (): Language => "en";

export function useLanguage(): readonly [Language, (language: Language) => void] {
  const language = useSyncExternalStore(subscribe, readLanguage, languageAheadOfTime);
  const choose = useCallback((next: Language) => {
    chosen = next;
    try {
      localStorage.setItem(STORAGE_KEY, next);
    } catch {
      // Storage is forbidden here: the choice lasts as long as the page.
    }
    for (const listener of listeners) listener();
  }, []);
  return [language, choose];
}

/** @returns the area's texts in the visitor's language. */
export function useTexts<T>(catalogue: Catalogue<T>): Translated<T> {
  const [language] = useLanguage();
  return catalogue[language];
}
