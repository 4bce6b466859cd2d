/** Ticks on behalf of a page that nobody looks at: browsers slow a hidden page's timers to one a minute, not a worker's. */

self.onmessage = ({ data }: MessageEvent<{ readonly id: number; readonly ms: number }>) => {
  setTimeout(() => (self as unknown as { postMessage(id: number): void }).postMessage(data.id), data.ms);
};
