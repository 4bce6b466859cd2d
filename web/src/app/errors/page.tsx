import type { Metadata } from "next";
import { allErrors } from "./allErrors.ts";
import { ErrorList } from "./ErrorList.tsx";

export const metadata: Metadata = { title: "Errors" };

export default function Page() {
  const rows = allErrors().map(({ code, area, texts }) => ({ code, area, en: texts.en.what, de: texts.de.what }));
  return <ErrorList rows={rows} />;
}
