"use client";
/** What everybody must know before they believe the page. */
import { useIndexStatus } from "../../index/hooks.ts";
import { shell } from "../../messages/shell.ts";
import { useLanguage, useTexts } from "../../messages/useTexts.ts";
import { formatNumber } from "../format.ts";
import { Link } from "../Link.tsx";
import { links } from "../links.ts";
import { Notice } from "../States.tsx";

export function Banner() {
  const t = useTexts(shell);
  const [language] = useLanguage();
  const { phase, indexedBlock, crossCheck } = useIndexStatus();
  const link = (
    <Link href={links.status()} className="whitespace-nowrap underline">
      {t.banner.look}
    </Link>
  );
  if (phase === "wrongDeployment")
    return (
      <Notice tone="danger">
        {t.banner.wrongDeployment} {link}
      </Notice>
    );
  if (crossCheck.mismatches.length > 0)
    return (
      <Notice tone="danger">
        {t.banner.contradiction} {link}
      </Notice>
    );
  if (phase !== "unreachable") return null;
  return (
    <Notice tone="warning">
      {indexedBlock < 0n ? t.banner.unreachableFirst : t.banner.unreachable(formatNumber(indexedBlock, language))}{" "}
      {link}
    </Notice>
  );
}
