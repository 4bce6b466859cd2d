/** Writes tar archives for tests. */

export interface TarMember {
  readonly name: string;
  readonly content: Uint8Array;
  /** @default "0", a regular file */
  readonly type?: string;
}

export function tarOf(members: readonly TarMember[]): Uint8Array {
  return Buffer.concat([...members.flatMap(blocksOf), new Uint8Array(1_024)]);
}

function blocksOf({ name, content, type = "0" }: TarMember): Uint8Array[] {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write("0000644\0", 100);
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("        ", 148);
  header.write(type, 156);
  header.write("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return [header, content, new Uint8Array((512 - (content.length % 512)) % 512)];
}
