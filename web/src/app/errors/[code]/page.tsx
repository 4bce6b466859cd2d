import type { Metadata } from "next";
import { allErrors } from "../allErrors.ts";
import { ErrorView } from "../ErrorView.tsx";

interface Props {
  readonly params: Promise<{ readonly code: string }>;
}

export const dynamicParams = false;

export function generateStaticParams(): { code: string }[] {
  return allErrors().map(({ code }) => ({ code }));
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).code };
}

export default async function Page({ params }: Props) {
  const { code } = await params;
  return <ErrorView row={allErrors().find((row) => row.code === code)!} />;
}
