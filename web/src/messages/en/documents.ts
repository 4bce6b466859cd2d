/** Documents that can't be shown. */
export const en = {
  titles: {
    DOCUMENT_NO_SOURCE: "No source for documents",
    DOCUMENT_NOT_FOUND: "Nobody has this document now",
    DOCUMENT_WRONG_DIGEST: "A source gave wrong bytes",
    DOCUMENT_TOO_LARGE: "Too large to be what it should be",
    DOCUMENT_MALFORMED: "Not what it should be",
  },
  texts: {
    DOCUMENT_NO_SOURCE: "This site names no gateway, so only what stands on chain can be shown.",
    DOCUMENT_NOT_FOUND:
      "None of the sources that this site knows has it, or none answered in time. What stands on chain is shown; the rest comes back with whoever serves it.",
    DOCUMENT_WRONG_DIGEST:
      "The bytes are not those that the chain names. They were thrown away, and nothing of them is shown.",
    DOCUMENT_TOO_LARGE: "It was not fetched.",
    DOCUMENT_MALFORMED:
      "The bytes are those that the chain names, but they do not spell a document of this kind. Whoever registered it made it so.",
  },
};
