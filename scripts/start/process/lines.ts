/** Cuts a byte stream into lines of text, with a bound on memory. Pure but for its own buffer. */

/** A longer line is cut here. Unit: characters. The longest event of a node is under a kilobyte. */
const MAX_LINE = 65_536;

/** @returns a function that takes chunks as they come and calls `onLine` with every finished line, without its end. */
export function createLineReader(onLine: (line: string) => void): (chunk: Uint8Array) => void {
  const decoder = new TextDecoder();
  let pending = "";
  return (chunk) => {
    pending += decoder.decode(chunk, { stream: true });
    let end = pending.indexOf("\n");
    while (end !== -1) {
      onLine(pending.slice(0, pending[end - 1] === "\r" ? end - 1 : end).slice(0, MAX_LINE));
      pending = pending.slice(end + 1);
      end = pending.indexOf("\n");
    }
    if (pending.length > MAX_LINE) pending = pending.slice(0, MAX_LINE);
  };
}
