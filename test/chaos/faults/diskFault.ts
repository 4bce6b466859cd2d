/** What a test asks of a node's disk, and the file through which it asks: the node looks into it at every operation. */

export interface DiskFault {
  /** Regular expression on the path of the file, or of the folder that is flushed. */
  readonly path: string;
  /** `flush` is an fsync of a file or folder. */
  readonly operation: "write" | "flush" | "rename" | "remove" | "any";
  readonly moment: "before" | "half" | "after";
  /** Ends the process at once, or fails the operation with this code as long as the fault is there. */
  readonly effect: "kill" | "ENOSPC" | "EROFS" | "EIO";
}

/** Names the file in which the fault is; without it the preloaded module does nothing. */
export const DISK_FAULT_VARIABLE = "CAIRN_CHAOS_DISK_FAULT";
