// Before the first paint: the theme that was chosen here, if one was, and the language.
try {
  const theme = localStorage.getItem("cairn.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  const language = localStorage.getItem("cairn.language");
  if (language === "de") document.documentElement.lang = "de";
} catch {
  // Storage is forbidden here: the system's theme it is.
}
