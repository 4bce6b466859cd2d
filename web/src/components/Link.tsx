"use client";
/** A link to another page of the site. Fetches nothing before it is followed: a page has dozens of links, and most stay unread. */
import NextLink from "next/link";
import type { ComponentProps } from "react";

export function Link(props: Omit<ComponentProps<typeof NextLink>, "prefetch">) {
  return <NextLink {...props} prefetch={false} />;
}
