/** Dokumente, die sich nicht zeigen lassen. */
import type { Translated } from "../catalogue.ts";
import type { en } from "../en/documents.ts";

export const de: Translated<typeof en> = {
  titles: {
    DOCUMENT_NO_SOURCE: "Keine Quelle für Dokumente",
    DOCUMENT_NOT_FOUND: "Niemand hat dieses Dokument gerade",
    DOCUMENT_WRONG_DIGEST: "Eine Quelle gab falsche Bytes",
    DOCUMENT_TOO_LARGE: "Zu groß, um das Richtige zu sein",
    DOCUMENT_MALFORMED: "Nicht, was es sein sollte",
  },
  texts: {
    DOCUMENT_NO_SOURCE: "Diese Seite nennt kein Gateway; gezeigt wird nur, was auf der Chain steht.",
    DOCUMENT_NOT_FOUND:
      "Keine der Quellen, die diese Seite kennt, hat es, oder keine antwortete rechtzeitig. Was auf der Chain steht, wird gezeigt; der Rest kommt wieder, sobald ihn jemand anbietet.",
    DOCUMENT_WRONG_DIGEST:
      "Die Bytes sind nicht die, die auf der Chain genannt sind. Sie wurden verworfen, und nichts davon wird gezeigt.",
    DOCUMENT_TOO_LARGE: "Es wurde nicht geholt.",
    DOCUMENT_MALFORMED:
      "Die Bytes sind die, die auf der Chain genannt sind, ergeben aber kein Dokument dieser Art. Wer es angemeldet hat, hat es so gemacht.",
  },
};
