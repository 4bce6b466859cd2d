/** Prose broken into lines at its spaces. Pure. */

/**
 * @param indent what lines after the first start with.
 * @returns lines of at most `width` characters; a longer word, such as a path, keeps a line of its own. Leading and doubled
 *   spaces stay.
 */
export function wrap(text: string, width: number, indent = ""): string[] {
  const lines: string[] = [];
  let line: string | undefined;
  for (const word of text.split(" ")) {
    if (line === undefined) line = word;
    else if (line.trim() !== "" && line.length + 1 + word.length > width) {
      lines.push(line.trimEnd());
      line = indent + word;
    } else line = `${line} ${word}`;
  }
  return [...lines, line ?? ""];
}
