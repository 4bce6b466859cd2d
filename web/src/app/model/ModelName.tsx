"use client";
/** A name that a stranger chose: shown as text, on one line of bearable length, with what can't be seen left out. */

/** Unit: characters. Names are at most 64 bytes on chain; an RPC may say anything. */
const MAX_LENGTH = 80;

/** Control characters, and those that turn the writing direction or hide: they could pass one name off as another. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

export function ModelName({ name }: { readonly name: string }) {
  return <span className="[overflow-wrap:anywhere]">{plainName(name)}</span>;
}

export function plainName(name: string): string {
  const plain = name.replace(UNSEEN, "").trim();
  if (plain === "") return "—";
  return plain.length <= MAX_LENGTH ? plain : `${plain.slice(0, MAX_LENGTH)}…`;
}
