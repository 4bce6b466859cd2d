/** Reads Prometheus' text format as strictly as its specification words it: for tests, and for the dashboard's check. */

export interface Metric {
  readonly value: number;
  readonly type: string;
}

const HELP = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (?:[^\\\n]|\\\\|\\n)*$/;
const TYPE = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)$/;
const LABEL = `[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"`;
const SAMPLE = new RegExp(
  `^([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{${LABEL}(?:,${LABEL})*\\})? (-?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?|NaN|[+-]Inf)$`,
);

/** @returns each sample by its name with its labels, as written. @throws {Error} naming the line that breaks the format */
export function parseMetrics(text: string): Map<string, Metric> {
  if (!text.endsWith("\n")) throw new Error("the last line must end, too");
  const metrics = new Map<string, Metric>();
  const types = new Map<string, string>();
  let family = "";
  for (const line of text.slice(0, -1).split("\n")) {
    const help = HELP.exec(line)?.[1];
    const type = TYPE.exec(line);
    const sample = SAMPLE.exec(line);
    if (help !== undefined) family = help;
    else if (type !== null) {
      if (type[1] !== family || types.has(family)) throw new Error(`a type without its help, or twice: ${line}`);
      types.set(family, type[2]!);
    } else if (sample !== null) {
      const [, name = "", labels = "", value = ""] = sample;
      if (name !== family || !types.has(name)) throw new Error(`a sample outside its family: ${line}`);
      if (metrics.has(name + labels)) throw new Error(`twice: ${line}`);
      metrics.set(name + labels, { value: Number(value), type: types.get(name)! });
    } else throw new Error(`no line of the format: ${JSON.stringify(line)}`);
  }
  return metrics;
}
