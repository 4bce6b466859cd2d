/** The places in a document that a command fills with its figures. Pure. */

/**
 * @param command for example `bench:engine`; its place is between `<!-- figures of npm run bench:engine -->` and
 *   `<!-- end of bench:engine -->`.
 * @returns `document` with `figures` there.
 * @throws {Error} when it has no such place
 */
export function replaceFigures(document: string, command: string, figures: string): string {
  const [begin, end] = [`<!-- figures of npm run ${command} -->`, `<!-- end of ${command} -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the document has no place for figures: ${begin} … ${end}`);
  return `${document.slice(0, from + begin.length)}\n\n${figures}\n\n${document.slice(to)}`;
}
