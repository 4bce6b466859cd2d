/** What an operator should know of the connection, and nobody need wait for. */
export interface ChainNotice {
  readonly code: string;
  readonly message: string;
}
