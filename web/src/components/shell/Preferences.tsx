"use client";
/** Language and theme, kept in this browser. */
import { useEffect, useState } from "react";
import { LANGUAGES } from "../../messages/catalogue.ts";
import { shell } from "../../messages/shell.ts";
import { useLanguage, useTexts } from "../../messages/useTexts.ts";

const THEMES = ["system", "light", "dark"] as const;

type Theme = (typeof THEMES)[number];

const STORAGE_KEY = "cairn.theme";

const BOX = "min-h-8 rounded-md border border-line bg-surface px-2 text-sm text-ink";

export function Preferences() {
  const t = useTexts(shell);
  const [language, choose] = useLanguage();
  const [theme, setTheme] = useState<Theme>("system");
  useEffect(() => setTheme(readTheme()), []);
  const apply = (next: Theme): void => {
    setTheme(next);
    applyTheme(next);
  };
  return (
    <div className="flex flex-wrap gap-x-4 gap-y-2 text-sm">
      <label className="flex items-center gap-2">
        <span className="text-muted">{t.language}</span>
        <select
          value={language}
          onChange={(event) => choose(LANGUAGES.find((one) => one === event.target.value) ?? "en")}
          className={BOX}
        >
          {LANGUAGES.map((one) => (
            <option key={one} value={one} lang={one}>
              {t.languages[one]}
            </option>
          ))}
        </select>
      </label>
      <label className="flex items-center gap-2">
        <span className="text-muted">{t.theme}</span>
        <select
          value={theme}
          onChange={(event) => apply(THEMES.find((one) => one === event.target.value) ?? "system")}
          className={BOX}
        >
          {THEMES.map((one) => (
            <option key={one} value={one}>
              {t.themes[one]}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function readTheme(): Theme {
  return THEMES.find((theme) => theme === document.documentElement.dataset.theme) ?? "system";
}

function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(STORAGE_KEY, theme);
  } catch {
    // Storage is forbidden here: the choice lasts as long as the page.
  }
}
