/** What the self-test gives on the reference executor, one digest a program; a test holds it to that. */
export const CANONICAL_RESULTS = ["7644b72ea2fedd6086cc768d80d3f271", "8f3be1a22d94f7cc5babda3a3f72523d"] as const;
